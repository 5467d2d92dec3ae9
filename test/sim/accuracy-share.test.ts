import { afterAll, describe, expect, it } from 'vitest'
import { createRng, createSystemClock } from '../../src/core/index.ts'
import { builtinSets } from '../../src/scenario/builtin/sets.ts'
import { openSimulatedProviders } from '../../src/sim/index.ts'
import { accuracyOf } from '../../src/sim/model/accuracy.ts'
import { createCheckers } from '../../src/sim/model/fits-schema.ts'
import { catalogOf, endpointOf } from './tiny-catalog.ts'

const models = ['meta-llama/llama-3.1-8b-instruct', 'openai/gpt-oss-20b', 'z-ai/glm-5.2'] as const
const sim = await openSimulatedProviders({
  catalog: catalogOf(...models.map(modelId => endpointOf({ modelId, upstreamModel: modelId }))),
  clock: createSystemClock(),
  rng: createRng('accuracy'),
  port: 0,
  speed: 100_000,
  faults: [],
})
afterAll(() => sim.close())
const checkerOf = createCheckers()

/** Every built-in prompt whose answer is checked for being right, and forms that users may write. */
const builtin = [...builtinSets.brief, ...builtinSets.quickstart].flatMap(
  ({ messages, parameters, checks }) =>
    checks
      .filter(({ kind }) => kind === 'exact' || kind === 'json_schema')
      .map(check => ({ messages, parameters, check })),
)
const own = [
  ['What is 17 + 25 * 2? Answer with the number alone.', '67'],
  ['Labelled negative by hand.\nAnswer with one of: positive, negative, neutral.', 'negative'],
  ['total: 12.50\nGive the value of "total" and nothing else.', '12.50'],
].map(([content = '', value = '']) => ({
  messages: [{ role: 'user', content }],
  parameters: {},
  check: { kind: 'exact', value } as const,
}))
// Decoding is held to a strict schema by endpoints that can; these cannot.
const prompts = [...builtin, ...own]
const requests = 2000

async function isRight(model: string, at: number): Promise<boolean> {
  const prompt = prompts[at % prompts.length]
  if (!prompt) throw new Error('no prompt')
  const { messages, parameters, check } = prompt
  const response = await fetch(`${sim.url}/deepinfra/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer key', 'x-routebench-draw': `request ${at}` },
    body: JSON.stringify({ model, messages, ...parameters }),
  })
  const { choices } = JSON.parse(await response.text())
  const text: string = choices[0].message.content
  if (check.kind === 'exact') return text === check.value
  return check.kind === 'json_schema' && checkerOf(check.schema).fits(parsed(text))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON, so not right either.
    return undefined
  }
}

describe('answers to checkable prompts', () => {
  it.each(models)(
    'of %s are right in the share that is stated for the model',
    async model => {
      const right: boolean[] = []
      for (let at = 0; at < requests; at += 50) {
        const batch = Array.from({ length: 50 }, (_, offset) => isRight(model, at + offset))
        right.push(...(await Promise.all(batch)))
      }
      const stated = accuracyOf(model)
      const share = right.filter(Boolean).length / requests
      // Three standard deviations of a share out of 2,000.
      expect(Math.abs(share - stated)).toBeLessThanOrEqual(3 * Math.sqrt((stated * (1 - stated)) / requests))
    },
    30_000,
  )
})
