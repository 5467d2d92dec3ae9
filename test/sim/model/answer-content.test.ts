import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../../src/core/index.ts'
import { accuracyOf } from '../../../src/sim/model/accuracy.ts'
import { contentFor, type ContentOrder } from '../../../src/sim/model/answer-content.ts'
import { fillerIn, type Script, scriptOf } from '../../../src/sim/model/filler-text.ts'
import { createCheckers } from '../../../src/sim/model/fits-schema.ts'
import { tokenizerNames } from '../../../src/sim/model/tokenizer.ts'
import { createTokenizers } from '../../../src/sim/tokenizers.ts'

const tokenizers = createTokenizers()
const tokenizer = tokenizers.of('o200k')

function content(changes: Partial<ContentOrder> = {}) {
  return contentFor({
    wish: { kind: 'filler', tokens: null },
    stop: [],
    reasoningTokens: 0,
    fillerTokens: 10,
    cap: 1000,
    accuracyRatio: 1,
    rng: createRng('content'),
    tokenizer,
    checkerOf: createCheckers(),
    isConstrained: false,
    isUnwritten: false,
    ...changes,
  })
}

const tools = [{ name: 'get_weather', parameters: null }]
const wishes = fc.constantFrom<ContentOrder['wish']>(
  { kind: 'exact', text: 'forty-two ≠ 世界' },
  { kind: 'json', schema: null },
  { kind: 'tools', tools: [...tools, ...tools] },
  { kind: 'refusal' },
  { kind: 'filler', tokens: null, script: 'greek' },
)

describe('contentFor', () => {
  it('never exceeds its cap, and says `length` exactly when something is missing', () => {
    fc.assert(
      fc.property(wishes, fc.nat(40), fc.nat(20), (wish, cap, reasoningTokens) => {
        const whole = content({ wish, reasoningTokens, cap: 10_000 })
        const cut = content({ wish, reasoningTokens, cap })
        const tokens = (blocks: typeof cut.blocks) => blocks.reduce((sum, block) => sum + block.tokens, 0)
        expect(tokens(cut.blocks)).toBeLessThanOrEqual(cap)
        expect(cut.finishReason === 'length').toBe(tokens(whole.blocks) > cap)
      }),
    )
  })

  it('reasons before it answers', () => {
    const { blocks } = content({ reasoningTokens: 5 })
    expect(blocks.map(({ kind }) => kind)).toEqual(['reasoning', 'text'])
    expect(blocks.map(({ tokens }) => tokens)).toEqual([5, 10])
  })

  it.each([
    [['c'], 'ab ', 'c'],
    [['d', 'b'], 'a', 'b'],
    [['z', ''], 'ab cd', null],
  ])('ends before the first of the stop sequences %j', (stop, text, stopSequence) => {
    const stopped = content({ wish: { kind: 'exact', text: 'ab cd' }, stop })
    expect(stopped).toEqual({
      blocks: [{ kind: 'text', text, tokens: tokenizer.count(text) }],
      finishReason: stopSequence === null ? 'stop' : 'stop_sequence',
      stopSequence,
    })
  })

  it('misses as many checkable answers as its accuracy says, with wrong text of the same length', () => {
    const wish = { kind: 'exact', text: 'forty-two' } as const
    const texts = Array.from({ length: 2000 }, (_, at) => {
      const { blocks } = content({ wish, accuracyRatio: 0.9, rng: createRng(`draw ${at}`) })
      return blocks[0]?.text ?? ''
    })
    const wrong = texts.filter(text => text !== wish.text)
    expect(wrong.length / texts.length).toBeGreaterThan(0.08)
    expect(wrong.length / texts.length).toBeLessThan(0.12)
    expect(wrong.every(text => tokenizer.count(text) === tokenizer.count(wish.text))).toBe(true)
  })
})

describe('accuracyOf', () => {
  it.each([
    ['openai/gpt-4o-mini', 0.97],
    ['openai/gpt-oss-20b:free', 0.95],
    ['openai/gpt-5.5', 1],
    ['nobody/nothing', 1],
  ])('gives %s %f', (modelId, ratio) => {
    expect(accuracyOf(modelId)).toBe(ratio)
  })
})

const scripts: readonly (readonly [Script, string])[] = [
  ['latin', 'Why is the sky blue?'],
  ['cyrillic', 'Почему небо синее? (sky)'],
  ['greek', 'Γιατί είναι μπλε ο ουρανός;'],
  ['han', '天空为什么是蓝色的？'],
  ['kana', '空はなぜ青いのですか。'],
  ['hangul', '하늘은 왜 파란가요?'],
  ['arabic', 'لماذا السماء زرقاء؟'],
  ['hebrew', 'למה השמיים כחולים?'],
  ['devanagari', 'आसमान नीला क्यों है?'],
]

describe('scriptOf', () => {
  it.each(scripts)('tells %s', (script, text) => {
    expect(scriptOf(text)).toBe(script)
  })

  it('takes what has no letters for latin', () => {
    expect(scriptOf('1 + 1 = ?')).toBe('latin')
  })
})

describe('fillerIn', () => {
  it.each(scripts)('writes exactly as many tokens of every tokenizer in %s', script => {
    for (const name of tokenizerNames)
      for (const tokens of [0, 1, 2, 3, 7, 100]) {
        const means = { rng: createRng(script), tokenizer: tokenizers.of(name) }
        const text = fillerIn(script, tokens, means)
        expect(means.tokenizer.count(text)).toBe(tokens)
        if (tokens > 7) expect(scriptOf(text)).toBe(script)
      }
  })
})
