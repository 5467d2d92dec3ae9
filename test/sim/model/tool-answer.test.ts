import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { createRng } from '../../../src/core/index.ts'
import { chosenTools, toolCalls, type ToolQuestion } from '../../../src/sim/model/tool-answer.ts'
import { createCheckers } from '../../../src/sim/model/fits-schema.ts'
import { bytesTokenizer } from '../../../src/sim/model/tokenizer.ts'

const parameters = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
  required: ['city'],
}
const tools = ['get_weather', 'findTrain', 'ls'].map(name => ({ name, parameters }))

function namesFor(question: string, more: Partial<ToolQuestion> = {}) {
  const asked = {
    tools,
    choice: { kind: 'auto' },
    isParallel: true,
    question,
    isFollowUp: false,
    ...more,
  } as const
  return chosenTools(asked).map(({ name }) => name)
}

describe('chosenTools', () => {
  it.each<[string, string, Partial<ToolQuestion>, readonly string[]]>([
    ['a tool named in full', 'Use get_weather.', {}, ['get_weather']],
    ['a tool by a word of its name', 'How is the WEATHER?', {}, ['get_weather']],
    ['a word in camel case', 'Which train?', {}, ['findTrain']],
    ['a short name only as it stands', 'run ls', {}, ['ls']],
    ['several tools', 'Weather and train?', {}, ['get_weather', 'findTrain']],
    [
      'one tool where calls may not be parallel',
      'Weather and train?',
      { isParallel: false },
      ['get_weather'],
    ],
    ['nothing when nothing is asked for', 'Hi there', {}, []],
    ['nothing after a result', 'Weather?', { isFollowUp: true }, []],
    ['nothing under none', 'Weather?', { choice: { kind: 'none' } }, []],
    ['the first under required', 'Hi there', { choice: { kind: 'required' } }, ['get_weather']],
    ['the one asked for under required', 'Train?', { choice: { kind: 'required' } }, ['findTrain']],
    ['a named tool', 'Weather?', { choice: { kind: 'named', name: 'findTrain' } }, ['findTrain']],
    ['a named tool after a result', 'x', { choice: { kind: 'named', name: 'ls' }, isFollowUp: true }, ['ls']],
  ])('calls %s', (_, question, more, names) => {
    expect(namesFor(question, more)).toEqual(names)
  })
})

const checkerOf = createCheckers()

describe('toolCalls', () => {
  it('gives arguments that fit, none for a tool that takes none, the same for the same draws', () => {
    const validate = new Ajv2020().compile(parameters)
    const asked = [...tools, { name: 'ping', parameters: null }]
    const calls = toolCalls(asked, { rng: createRng('tools'), tokenizer: bytesTokenizer, checkerOf })
    expect(calls.slice(0, -1).every(({ text }) => validate(JSON.parse(text)))).toBe(true)
    expect(calls.at(-1)).toEqual({ kind: 'tool_call', name: 'ping', text: '{}', tokens: 2 })
    expect(toolCalls(asked, { rng: createRng('tools'), tokenizer: bytesTokenizer, checkerOf })).toEqual(calls)
  })
})
