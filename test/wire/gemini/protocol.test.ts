import { describe, expect, it } from 'vitest'
import { geminiProtocol } from '../../../src/wire/gemini/protocol.ts'
import { asArray, asObject, parseJson } from '../../../src/wire/index.ts'
import { readUsage } from '../../../src/wire/openai/usage.ts'
import { describeWire, type Sample } from '../contract.ts'

const head = { modelVersion: 'm1', responseId: 'a1' }
const counts = (
  prompt: number,
  candidates: number,
  more: Partial<Record<'thoughtsTokenCount' | 'cachedContentTokenCount', number>> = {},
) => ({
  promptTokenCount: prompt,
  candidatesTokenCount: candidates,
  totalTokenCount: prompt + candidates + (more.thoughtsTokenCount ?? 0),
  ...more,
})
const response = (parts: readonly object[], more: object = {}, end: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...end }],
  ...head,
  ...more,
})

interface Told {
  readonly parts: readonly object[]
  readonly finish: string
  readonly usage?: object
  /** The parts of a whole answer, where pieces of text are put together. */
  readonly whole?: readonly object[]
}
function sample({ parts, finish, usage, whole = parts }: Told): Sample {
  const sofar = usage && { usageMetadata: { ...usage, candidatesTokenCount: 1, totalTokenCount: 1 } }
  const last = usage && { usageMetadata: usage }
  return {
    events: [
      ...parts.map(part => response([part], sofar)),
      response([{ text: '' }], last, { finishReason: finish }),
    ],
    body: response(whole, last, { finishReason: finish }),
  }
}

const a = { parts: [{ text: 'a' }], finish: 'STOP' }
const error = { code: 503, message: 'overloaded', status: 'UNAVAILABLE' }

describeWire('gemini', {
  text: sample({
    parts: [{ text: 'Hé' }, { text: 'llo' }],
    finish: 'STOP',
    usage: counts(20, 5, { cachedContentTokenCount: 8 }),
  }),
  reasoning: sample({
    parts: [{ text: 'hm, ', thought: true }, { text: 'yes', thought: true }, { text: '42' }],
    finish: 'STOP',
    usage: counts(10, 2, { thoughtsTokenCount: 7 }),
  }),
  tools: sample({
    parts: [
      { functionCall: { name: 'add', args: { a: 1, b: [2] } }, thoughtSignature: 's1' },
      { functionCall: { name: 'now' } },
    ],
    finish: 'STOP',
    usage: counts(30, 12),
  }),
  length: sample({ ...a, finish: 'MAX_TOKENS', usage: counts(3, 1) }),
  refusal: sample({ parts: [], finish: 'SAFETY', usage: counts(4, 2) }),
  withoutUsage: sample(a),
  wrongUsage: sample({ ...a, usage: { ...counts(3, 1), totalTokenCount: 9 } }),
  overload: { events: [response([{ text: 'a' }]), { error }], body: { error } },
  rateLimit: { error: { code: 429, message: 'slow down', status: 'RESOURCE_EXHAUSTED' } },
  endOfStream: '',
  tellsReasoning: true,
})

const encode = (fields: object, more: object = {}) => {
  const { body, ...rest } = geminiProtocol.encode(
    { messages: [{ role: 'user', content: 'Hi' }], ...fields },
    { upstreamModel: 'gemini-x', stream: false, ...more },
  )
  return { body: asObject(parseJson(body)) ?? {}, ...rest }
}
const config = (fields: object, more: object = {}) => encode(fields, more).body['generationConfig']

describe('geminiProtocol.encode', () => {
  it('asks by the path for the model and for a stream of events', () => {
    expect(encode({}).path).toBe('/models/gemini-x:generateContent')
    expect(encode({}, { stream: true }).path).toBe('/models/gemini-x:streamGenerateContent?alt=sse')
    expect(encode({}).keyHeader).toBe('x-goog-api-key')
    expect(encode({}).body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] })
  })

  it('writes system prompts, texts, pictures, sound and files as parts', () => {
    const { body, leftOut } = encode({
      messages: [
        { role: 'system', content: 'Be kind.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?', cache_control: { type: 'ephemeral' } },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'high' } },
            { type: 'image_url', image_url: { url: 'https://example.org/a.webp?x=1' } },
            { type: 'input_audio', input_audio: { data: 'CCCC', format: 'mp3' } },
            { type: 'file', file: { file_data: 'data:application/pdf;base64,BBBB' } },
          ],
        },
      ],
    })
    expect(body).toEqual({
      systemInstruction: { parts: [{ text: 'Be kind.' }] },
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'What is it?' },
            { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
            { fileData: { mimeType: 'image/webp', fileUri: 'https://example.org/a.webp?x=1' } },
            { inlineData: { mimeType: 'audio/mp3', data: 'CCCC' } },
            { inlineData: { mimeType: 'application/pdf', data: 'BBBB' } },
          ],
        },
      ],
    })
    expect(leftOut).toEqual(['cache_control', 'detail of an image'])
  })

  it('gives back calls with their signatures, and results under the names of their functions', () => {
    const called = (id: string, name: string) => ({ id, function: { name, arguments: '{"a":1}' } })
    const signed = (data: string, id?: string) => ({
      type: 'reasoning.encrypted',
      format: 'google-gemini-v1',
      data,
      id,
    })
    const { body } = encode({
      messages: [
        { role: 'user', content: 'Go' },
        {
          role: 'assistant',
          content: 'Well',
          tool_calls: [called('t1', 'f'), called('t2', 'g')],
          reasoning_details: [signed('s1', 't1'), signed('s0')],
        },
        { role: 'tool', tool_call_id: 't1', content: '{"ok":true}' },
        { role: 'tool', tool_call_id: 't2', content: 'plain' },
      ],
    })
    expect(body['contents']).toEqual([
      { role: 'user', parts: [{ text: 'Go' }] },
      {
        role: 'model',
        parts: [
          { text: 'Well', thoughtSignature: 's0' },
          { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 's1' },
          { functionCall: { name: 'g', args: { a: 1 } } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'f', response: { ok: true } } },
          { functionResponse: { name: 'g', response: { output: 'plain' } } },
        ],
      },
    ])
  })

  const parameters = { type: 'object', properties: { a: { type: 'string' } } }
  const tools = [{ type: 'function', function: { name: 'f', description: 'd', parameters } }]
  it.each([
    ['auto', { mode: 'AUTO' }],
    ['none', { mode: 'NONE' }],
    ['required', { mode: 'ANY' }],
    [
      { type: 'function', function: { name: 'f' } },
      { mode: 'ANY', allowedFunctionNames: ['f'] },
    ],
  ])('takes the tool choice %j', (choice, expected) => {
    const { body } = encode({ tools, tool_choice: choice })
    expect(body['toolConfig']).toEqual({ functionCallingConfig: expected })
    expect(body['tools']).toEqual([
      { functionDeclarations: [{ name: 'f', description: 'd', parametersJsonSchema: parameters }] },
    ])
  })

  it('takes sampling, lengths, stops, choices, seeds and log probabilities', () => {
    const fields = {
      temperature: 1.5,
      top_p: 0.9,
      top_k: 5,
      seed: 7,
      stop: ['END'],
      n: 2,
      max_completion_tokens: 99,
    }
    const more = { presence_penalty: 0.1, frequency_penalty: 0.2, logprobs: true, top_logprobs: 3 }
    const { body, leftOut, changed } = encode({ ...fields, ...more })
    expect(body['generationConfig']).toEqual({
      temperature: 1.5,
      topP: 0.9,
      topK: 5,
      seed: 7,
      stopSequences: ['END'],
      candidateCount: 2,
      maxOutputTokens: 99,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      responseLogprobs: true,
      logprobs: 3,
    })
    expect([...leftOut, ...changed]).toEqual([])
  })

  it('asks for JSON, with or without a schema', () => {
    const schema = { type: 'object' }
    const json = { responseMimeType: 'application/json' }
    expect(config({ response_format: { type: 'json_object' } })).toEqual(json)
    const format = { type: 'json_schema', json_schema: { name: 'x', schema } }
    expect(config({ response_format: format })).toEqual({ ...json, responseJsonSchema: schema })
  })

  const levels = { supports: new Set(['reasoning_effort']) }
  it.each([
    ['a budget', { reasoning: { max_tokens: 2000 } }, {}, { thinkingBudget: 2000, includeThoughts: true }],
    ['nothing', { reasoning: { effort: 'none' } }, {}, { thinkingBudget: 0 }],
    ['a level', { reasoning_effort: 'low' }, levels, { thinkingLevel: 'LOW', includeThoughts: true }],
    [
      'an effort as a budget',
      { reasoning_effort: 'medium', max_tokens: 1000 },
      {},
      { thinkingBudget: 500, includeThoughts: true },
    ],
    [
      'hidden thinking',
      { reasoning: { max_tokens: 9, exclude: true } },
      {},
      { thinkingBudget: 9, includeThoughts: false },
    ],
  ])('asks for %s', (_name, fields, options, thinkingConfig) => {
    expect(config(fields, options)).toMatchObject({ thinkingConfig })
  })

  it('names every field that it has no means for, passes its own, and sends its tiers', () => {
    const asked = {
      logit_bias: { 5: 1 },
      user: 'u',
      min_p: 0.1,
      parallel_tool_calls: false,
      prediction: { type: 'x' },
    }
    const { body, leftOut } = encode({
      ...asked,
      tools,
      safetySettings: [],
      service_tier: 'flex',
      generationConfig: { mediaResolution: 'LOW' },
    })
    expect(leftOut.toSorted()).toEqual(Object.keys(asked).toSorted())
    expect(body).toMatchObject({
      safetySettings: [],
      serviceTier: 'flex',
      generationConfig: { mediaResolution: 'LOW' },
    })
  })
})

describe('geminiProtocol.createDecoder', () => {
  it('tells usage only with the end, as the last response had it', () => {
    const decoder = geminiProtocol.createDecoder()
    const [first] = decoder.chunks(response([{ text: 'a' }], { usageMetadata: counts(9, 1) }))
    expect(first).not.toHaveProperty('usage')
    decoder.chunks(response([{ text: 'b' }], { usageMetadata: counts(9, 2) }))
    const end = response([], { usageMetadata: { trafficType: 'ON_DEMAND' } }, { finishReason: 'STOP' })
    const [last] = decoder.chunks(end)
    expect(readUsage(last?.['usage'])).toMatchObject({ inputTokens: 9, outputTokens: 2 })
  })

  it('counts what tools read into the prompt, and sound and pictures by their kind', () => {
    const usageMetadata = {
      ...counts(100, 5),
      toolUsePromptTokenCount: 20,
      totalTokenCount: 125,
      promptTokensDetails: [
        { modality: 'AUDIO', tokenCount: 30 },
        { modality: 'IMAGE', tokenCount: 40 },
      ],
      candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 4 }],
    }
    const body = geminiProtocol.decodeBody(
      response([{ text: 'a' }], { usageMetadata }, { finishReason: 'STOP' }),
    )
    expect(readUsage(body['usage'])).toMatchObject({
      inputTokens: 120,
      outputTokens: 5,
      audioTokens: 30,
      imageTokens: 40,
      audioOutputTokens: 4,
    })
  })

  it('takes a blocked prompt as a refusal', () => {
    const promptFeedback = { blockReason: 'PROHIBITED_CONTENT', blockReasonMessage: 'no' }
    const choice = { finish_reason: 'content_filter', native_finish_reason: 'PROHIBITED_CONTENT' }
    expect(geminiProtocol.createDecoder().chunks({ ...head, promptFeedback })).toMatchObject([
      { choices: [{ ...choice, delta: { refusal: 'no' } }] },
    ])
    expect(geminiProtocol.decodeBody({ ...head, promptFeedback })).toMatchObject({
      choices: [{ ...choice, message: { role: 'assistant', content: null, refusal: 'no' } }],
    })
  })

  it('puts arguments together that come in pieces (Vertex)', () => {
    const decoder = geminiProtocol.createDecoder()
    const piece = (jsonPath: string, value: object) => ({ jsonPath, ...value })
    const calls = [
      { name: 'f', willContinue: true },
      { partialArgs: [piece('$.city', { stringValue: 'Bos', willContinue: true })], willContinue: true },
      { partialArgs: [piece('$.city', { stringValue: 'ton' })], willContinue: true },
      { partialArgs: [piece('$.days[0].hot', { boolValue: true })], willContinue: true },
      { partialArgs: [piece("$['no.dot']", { numberValue: 2 })], willContinue: true },
      {},
    ]
    const told = calls
      .flatMap(functionCall => decoder.chunks(response([{ functionCall }])))
      .flatMap(chunk => asArray(chunk['choices']))
      .flatMap(choice => asArray(asObject(asObject(choice)?.['delta'])?.['tool_calls']))
    expect(told).toEqual([
      { index: 0, id: 'call_a1_0', type: 'function', function: { name: 'f', arguments: '' } },
      {
        index: 0,
        function: { arguments: '{"city":"Boston","days":[{"hot":true}],"no.dot":2}' },
      },
    ])
  })

  it('gives log probabilities, pictures and several candidates in their places', () => {
    const chosen = { token: 'a', logProbability: -0.1 }
    const logprobsResult = { chosenCandidates: [chosen], topCandidates: [{ candidates: [chosen] }] }
    const picture = { inlineData: { mimeType: 'image/png', data: 'AAAA' } }
    const candidates = [
      { index: 1, content: { parts: [{ text: 'a' }, picture] }, finishReason: 'STOP', logprobsResult },
    ]
    expect(geminiProtocol.decodeBody({ ...head, candidates })).toMatchObject({
      choices: [
        {
          index: 1,
          message: { content: 'a', images: [{ image_url: { url: 'data:image/png;base64,AAAA' } }] },
          logprobs: { content: [{ token: 'a', logprob: -0.1, bytes: [97], top_logprobs: [{ token: 'a' }] }] },
        },
      ],
    })
  })

  it.each([
    [{ status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_INVALID' }] }, 'authentication'],
    [{ status: 'NOT_FOUND' }, 'not_found'],
    [{ status: 'DEADLINE_EXCEEDED' }, 'timeout'],
  ])('names the error %j', (told, type) => {
    const expected = { error: { metadata: { error_type: type } } }
    expect(geminiProtocol.decodeError({ error: told })).toMatchObject(expected)
    expect(geminiProtocol.decodeError([{ error: told }])).toMatchObject(expected)
  })
})
