import type { createVirtualClock } from '../../src/core/index.ts'
import { ask, bodyOf, type Script, type TestRouter } from '../router/open-test-router.ts'

type VirtualClock = ReturnType<typeof createVirtualClock>

/** Answers by a list of scripts, one request each; the last one stays. */
export function inTurn(...scripts: readonly [Script, ...Script[]]): Script {
  let turn = 0
  return (...args) => (scripts[Math.min(turn++, scripts.length - 1)] ?? scripts[0])(...args)
}

/** Answers by `script` after time of a virtual clock. */
export function after(clock: VirtualClock, ms: number, script: Script): Script {
  return (...args) => void clock.advanceMs(ms).then(() => script(...args))
}

/** Answers with a JSON body. */
export function saying(body: object, status = 200): Script {
  return response => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
}

interface ToldAttempt {
  readonly provider: string
  readonly model: string
  readonly status: number
}

/** What `openrouter_metadata` tells of one request: who stood in which order, who was called. */
export interface Told {
  readonly status: number
  /** Display names, in order; with the model where there are several. */
  readonly order: readonly string[]
  readonly attempts: readonly ToldAttempt[]
  readonly excluded: readonly unknown[]
}

/** Asks without keeping a conversation, and returns what the answer's metadata tells. */
export async function tell(router: TestRouter, provider: object = {}, more: object = {}): Promise<Told> {
  const body = ask({ ...more, provider: { sticky: false, ...provider } })
  const response = await router.post(body, { 'x-openrouter-metadata': 'enabled' })
  const { openrouter_metadata: told } = await bodyOf(response)
  const metadata: Metadata = JSON.parse(JSON.stringify(told))
  return {
    status: response.status,
    order: metadata.endpoints.available.map(({ provider: name }) => name),
    attempts: metadata.attempts,
    excluded: metadata.router_trace.excluded,
  }
}

interface Metadata {
  readonly endpoints: { readonly available: readonly { readonly provider: string }[] }
  readonly attempts: readonly ToldAttempt[]
  readonly router_trace: { readonly excluded: readonly unknown[] }
}
