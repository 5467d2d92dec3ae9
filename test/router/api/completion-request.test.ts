import { describe, expect, it } from 'vitest'
import { completionBody } from '../../../src/router/api/completion-body.ts'
import { chatOfCompletion } from '../../../src/router/api/completion-request.ts'

describe('chatOfCompletion', () => {
  it.each([
    [
      { prompt: 'Hi', model: 'm', max_tokens: 9, custom: 1 },
      { model: 'm', max_tokens: 9, custom: 1 },
    ],
    [{ prompt: ['Hi'] }, {}],
    [{ prompt: 'Hi', echo: false, best_of: 1, suffix: null, logprobs: null }, {}],
  ])('turns %j into a chat request with one message', (body, rest) => {
    const messages = [{ role: 'user', content: 'Hi' }]
    expect(chatOfCompletion(body)).toEqual({ ok: true, body: { ...rest, messages } })
  })

  it.each([
    [{}, 'prompt: must be one string'],
    [{ prompt: [] }, 'prompt: must be one string'],
    [{ prompt: [1, 2] }, 'prompt: more than one prompt'],
    [{ prompt: [1] }, 'prompt: must be one string'],
    [{ prompt: ['a', 'b'] }, 'prompt: more than one prompt'],
    [{ prompt: 'a', echo: true }, 'echo: not supported'],
    [{ prompt: 'a', suffix: 'z', best_of: 2 }, 'suffix, best_of: not supported'],
    [{ prompt: 'a', logprobs: 0 }, 'logprobs: not supported'],
    [{ prompt: 'a', messages: [] }, 'messages: not supported'],
  ])('refuses %j and names the field', (body, problem) => {
    expect(chatOfCompletion(body)).toEqual({ ok: false, problem: expect.stringContaining(problem) })
  })
})

describe('completionBody', () => {
  it.each(['message', 'delta'])('takes the text out of the %s', part => {
    const said = { role: 'assistant', content: 'Hi', reasoning: 'Hm' }
    const body = { id: 'x', object: 'chat', choices: [{ index: 0, finish_reason: 'stop', [part]: said }] }
    expect(completionBody(body)).toEqual({
      id: 'x',
      object: 'text_completion',
      choices: [{ index: 0, finish_reason: 'stop', text: 'Hi', reasoning: 'Hm' }],
    })
  })

  it('keeps a chunk without choices as it is', () => {
    expect(completionBody({ choices: [], usage: {} })).toEqual({
      object: 'text_completion',
      choices: [],
      usage: {},
    })
  })
})
