import type { Attempt } from './attempt.ts'
import type { RouterContext } from './context.ts'
import { asksFreeModel, isFreeModel } from './free-models.ts'
import { generationBody } from './generation-body.ts'
import { epochMs, type Unknown } from './inbound.ts'
import type { Caller } from './keys/key-ring.ts'
import { type FinishedRequest, requestRecord } from './request-record.ts'

/** Last stage: remembers what a request came to, charges it, and records it. */
export function finish({ context }: Unknown, finished: FinishedRequest): void {
  const { caller, call, attempts, cached } = finished
  // Nobody is charged for a probe, whatever its answer tells of its cost.
  const charge = call.phase === 'probe' ? uncharged : finished.charge
  if (caller && (attempts.length > 0 || cached)) {
    context.generations.add(call.generationId, generationBody(finished), caller.id)
    settleLedger(context, caller, finished)
  }
  context.sink.request(requestRecord({ ...finished, charge }))
}

const uncharged = Object.freeze({ charged: 0n, held: 0n })

function settleLedger({ ledger, clock }: RouterContext, caller: Caller, finished: FinishedRequest): void {
  const { attempts, charge, routed } = finished
  const served = attempts.find(({ isWinner }) => isWinner) ?? attempts.at(-1)
  if (!served) return
  const { endpoint } = served.candidate
  const atMs = epochMs({ clock })
  ledger.settle({
    atMs,
    keyId: caller.id,
    model: endpoint.modelId,
    endpoint: endpoint.id,
    provider: endpoint.provider.name,
    ...charge,
    ...tokensOf(served),
  })
  // A free model behind a paid one was not foreseen when the request was let in.
  const wasForeseen = !caller.key || !routed || asksFreeModel(routed.request)
  if (isFreeModel(endpoint.modelId) && !wasForeseen) {
    ledger.admit({ atMs, keyId: caller.id, isFree: true, isTimed: false })
  }
}

function tokensOf({ exchange: { usage } }: Attempt) {
  return {
    promptTokens: usage?.inputTokens ?? 0,
    completionTokens: usage?.outputTokens ?? 0,
    reasoningTokens: usage?.reasoningTokens ?? 0,
  }
}
