import { describe, expect, it } from 'vitest'
import {
  answering,
  ask,
  bodyOf,
  cutting,
  openTestRouter,
  refusing,
  type Script,
} from '../router/open-test-router.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { inTurn, saying } from './scripts.ts'

const a = endpointOf({ provider: 'a', parameters: ['tools'] })

/** What `GET /models/acme/one/endpoints` says of the only endpoint. */
async function shownOf(router: Awaited<ReturnType<typeof openTestRouter>>) {
  const { data } = await bodyOf(router.get('/api/v1/models/acme/one/endpoints'))
  const [endpoint]: Readonly<Record<string, unknown>>[] = JSON.parse(JSON.stringify(data['endpoints']))
  return endpoint
}

const onlyOnce = { settings: { maxAttempts: 1 } }

const broken = saying({
  id: 'x',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Half' }, finish_reason: 'error' }],
})

describe('13. uptime', () => {
  it('is 95.00 % for the vector of the contract', async () => {
    const vector: readonly (readonly [count: number, script: Script, stream: boolean])[] = [
      [950, answering('Fine'), false],
      [20, refusing(500), false],
      [5, refusing(401), false],
      [5, refusing(404), false],
      [10, cutting, true],
      [10, broken, false],
      [300, refusing(429), false],
      [40, refusing(400), false],
      [2, refusing(413), false],
      [8, refusing(403), false],
    ]
    const requests = vector.flatMap(([count, script, stream]) =>
      Array.from({ length: count }, () => ({ script, stream })),
    )
    const [first = answering('Fine'), ...others] = requests.map(({ script }) => script)
    await using router = await openTestRouter([a], { a: inTurn(first, ...others) }, onlyOnce)
    for (const { stream } of requests) await (await router.post(ask({ stream }))).text()
    expect(await shownOf(router)).toMatchObject({
      uptime_last_30m: 95,
      uptime_last_5m: 95,
      uptime_last_1d: 95,
    })
  })

  it('is null under 100 counted attempts', async () => {
    await using router = await openTestRouter([a], { a: inTurn(refusing(400), answering('Fine')) })
    for (let request = 0; request < 100; request++) await router.post(ask())
    expect(await shownOf(router)).toMatchObject({ uptime_last_30m: null })
    await router.post(ask())
    expect(await shownOf(router)).toMatchObject({ uptime_last_30m: 100 })
  })
})

const parameters = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] }
const tools = [{ type: 'function', function: { name: 'add', parameters } }]

function calling(...calls: readonly (readonly [name: string, text: string])[]): Script {
  const tool_calls = calls.map(([name, text], index) => ({
    id: `t${index}`,
    type: 'function',
    function: { name, arguments: text },
  }))
  const message = { role: 'assistant', content: null, tool_calls }
  return saying({
    id: 'x',
    choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  })
}

describe('20. tool-call errors', () => {
  it('are counted once a request, by kind, of those that finished with tool calls', async () => {
    const good = ['add', '{"a":1}'] as const
    const script = inTurn(
      calling(good, good),
      calling(good, ['add', '{"a":']),
      calling(['sub', '{}'], ['add', '{"a":']),
      calling(['add', '{"a":"one"}'], ['add', '{}']),
      answering('No call at all'),
    )
    await using router = await openTestRouter([a], { a: script })
    for (let request = 0; request < 5; request++) await router.post(ask({ tools }))
    // Calls are judged after the answer is over.
    await expect
      .poll(async () => (await shownOf(router))?.['tool_calls_last_2h'])
      .toEqual({
        requests: 4,
        bad: 3,
        invalid_json: 1,
        unknown_name: 1,
        schema_mismatch: 1,
      })
  })
})
