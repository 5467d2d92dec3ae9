import { describe, expect, it } from 'vitest'
import { builtinSetNames, builtinSets } from '../../src/scenario/builtin/sets.ts'

describe('builtinSets', () => {
  it.each(builtinSetNames)('%s has unique ids, and prompts that end with the user', name => {
    const prompts = builtinSets[name]
    expect(new Set(prompts.map(prompt => prompt.id)).size).toBe(prompts.length)
    expect(prompts.every(prompt => prompt.messages.at(-1)?.role === 'user')).toBe(true)
  })

  it('has 40 prompts in quickstart, of which 18 share a system prompt of at least 1,500 tokens', () => {
    expect(builtinSets.quickstart).toHaveLength(40)
    const long = builtinSets.quickstart.flatMap(({ messages: [first] }) =>
      first?.role === 'system' && first.content.length >= 6000 ? [first.content] : [],
    )
    expect(long).toHaveLength(18)
    expect(new Set(long).size).toBe(1)
  })

  it('begins each turn of a conversation with all of the turn before', () => {
    const sessions = Map.groupBy(builtinSets.quickstart, prompt => prompt.session)
    for (const [id, turns] of sessions) {
      if (id === null) continue
      for (const [index, { messages }] of turns.entries()) {
        const before = turns[index - 1]?.messages ?? []
        expect(messages.slice(0, before.length)).toEqual(before)
      }
    }
  })

  it('asks for exact answers only where the prompt names them', () => {
    for (const { checks, messages } of Object.values(builtinSets).flat()) {
      for (const check of checks) {
        if (check.kind === 'exact')
          expect(messages.at(-1)?.content).toContain(`\nReply with exactly: ${check.value}`)
      }
    }
  })
})
