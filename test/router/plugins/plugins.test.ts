import { describe, expect, it } from 'vitest'
import { estimateTokens } from '../../../src/router/estimate-tokens.ts'
import { compressContext } from '../../../src/router/plugins/compress-context.ts'
import { healAnswer, wantsJson } from '../../../src/router/plugins/heal-answer.ts'
import { asArray, asObject } from '../../../src/wire/index.ts'
import { parsePluginWishes, withoutPlugins } from '../../../src/router/plugins/plugin-wishes.ts'

describe('parsePluginWishes', () => {
  const none = { healing: false, compression: false, pdfText: false }
  it.each([
    [{}, none],
    [{ plugins: null }, none],
    [{ plugins: [{ id: 'response-healing' }] }, { ...none, healing: true }],
    [{ plugins: [{ id: 'response-healing', enabled: false }] }, none],
    [{ plugins: [{ id: 'context-compression', engine: 'middle-out' }] }, { ...none, compression: true }],
    [{ transforms: ['middle-out'] }, { ...none, compression: true }],
    [{ transforms: [] }, none],
    [{ plugins: [{ id: 'file-parser' }] }, { ...none, pdfText: true }],
    [{ plugins: [{ id: 'file-parser', pdf: { engine: 'cloudflare-ai' } }] }, { ...none, pdfText: true }],
    [{ plugins: [{ id: 'file-parser', pdf: { engine: 'native' } }] }, none],
    [{ plugins: [{ id: 'web', enabled: false }] }, none],
  ])('reads %j', (body, wishes) => {
    expect(parsePluginWishes(body)).toEqual({ ok: true, wishes })
  })

  it.each([
    [{ plugins: [{ id: 'web' }] }, /"web" is not supported/],
    [{ plugins: 'web' }, /^plugins: /],
    [{ plugins: [{ engine: 'x' }] }, /^plugins\.0\.id: /],
    [{ plugins: [{ id: 'context-compression', engine: 'magic' }] }, /middle-out only/],
    [{ plugins: [{ id: 'file-parser', pdf: { engine: 'mistral-ocr' } }] }, /pdf-text and native only/],
    [{ transforms: ['other'] }, /^transforms: /],
    [{ transforms: 'middle-out' }, /^transforms: expected an array/],
  ])('refuses %j', (body, problem) => {
    expect(parsePluginWishes(body)).toMatchObject({ ok: false, problem: expect.stringMatching(problem) })
  })

  it('leaves nothing for the provider', () => {
    expect(withoutPlugins({ model: 'm', plugins: [], transforms: [] })).toEqual({ model: 'm' })
  })
})

describe('healAnswer', () => {
  const answerOf = (content: unknown, finish = 'stop') => ({
    choices: [{ index: 0, finish_reason: finish, message: { role: 'assistant', content } }],
  })
  const contentOf = (content: unknown, finish?: string) => {
    const { answer, stage } = healAnswer(answerOf(content, finish))
    const message = asObject(asObject(asArray(answer['choices'])[0])?.['message'])
    return [message?.['content'], stage?.summary ?? null]
  }
  const repaired = 'repaired the JSON of 1 of 1 choices'
  it.each([
    ['JSON', '{"a":1}', '{"a":1}', null],
    ['a code fence', '```json\n{"a":1}\n```', '{"a":1}', repaired],
    ['a fence after words', 'Here you are:\n```\n[1,2]\n```', '[1,2]', repaired],
    ['a missing bracket', '{"a":[1,2', '{"a":[1,2]}', repaired],
    ['a trailing comma', '{"a":1,}', '{"a":1}', repaired],
    ['unquoted keys', '{a:1}', '{"a":1}', repaired],
    ['prose', 'I cannot do that.', 'I cannot do that.', null],
    ['nothing', '', '', null],
    ['a refusal without text', null, null, null],
  ])('treats %s', (_name, content, expected, summary) => {
    expect(contentOf(content)).toEqual([expected, summary])
  })

  it.each(['length', 'max_tokens', 'model_length'])('does not finish what was cut off (%s)', finish => {
    expect(contentOf('{"a":[1,2', finish)).toEqual(['{"a":[1,2', null])
  })

  it.each([
    [{ response_format: { type: 'json_object' } }, true],
    [{ response_format: { type: 'json_schema', json_schema: {} } }, true],
    [{ response_format: { type: 'text' } }, false],
    [{}, false],
  ])('applies to %j: %s', (body, applies) => {
    expect(wantsJson(body)).toBe(applies)
  })
})

describe('compressContext', () => {
  const message = (role: string, text: string, more: object = {}) => ({ role, content: text, ...more })
  const long = 'x'.repeat(400)
  const conversation = [
    message('system', 'rules'),
    message('user', 'opening'),
    ...Array.from({ length: 8 }, (_, turn) => message(turn % 2 ? 'user' : 'assistant', `${turn}${long}`)),
    message('user', 'the question'),
  ]

  it('leaves a conversation alone that fits', () => {
    const body = { messages: conversation }
    expect(compressContext(body, { inputTokens: 10_000 })).toEqual({ body, stage: null })
  })

  it('takes from the middle until it fits, and keeps rules, opening and question', () => {
    const { body, stage } = compressContext({ messages: conversation }, { inputTokens: 450 })
    const kept = asArray(body['messages']).map(one => asObject(one) ?? {})
    expect(kept.map(({ content }) => String(content).replaceAll('x', ''))).toEqual([
      'rules',
      'opening',
      '0',
      '5',
      '6',
      '7',
      'the question',
    ])
    expect(estimateTokens(kept, [])).toBeLessThanOrEqual(450)
    expect(stage).toMatchObject({ summary: expect.stringMatching(/^left out 4 of 11 messages/) })
  })

  it('keeps the answers of tools with their calls', () => {
    const messages = [
      message('user', 'opening'),
      message('assistant', '', { tool_calls: [{ id: 'c1' }] }),
      message('tool', long, { tool_call_id: 'c1' }),
      message('assistant', 'done'),
      message('user', 'next'),
    ]
    const { body } = compressContext({ messages }, { inputTokens: 10 })
    expect(body['messages']).toEqual([messages[0], messages[3], messages[4]])
  })

  it('says nothing was done when nothing may be left out', () => {
    const messages = [message('user', long), message('user', long)]
    expect(compressContext({ messages }, { inputTokens: 10 }).stage).toBeNull()
  })
})
