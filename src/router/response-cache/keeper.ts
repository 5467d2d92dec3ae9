import type { JsonObject } from '../../core/index.ts'
import { asArray } from '../../wire/index.ts'
import type { Attempt } from '../attempt.ts'
import { epochMs, type Inbound } from '../inbound.ts'
import type { CachedAnswer } from './cached-answer.ts'
import type { CacheMiss } from './look-up.ts'

/** Collects an answer while it is sent, to keep it when it is whole. */
export interface Keeper {
  /** A body, or a chunk of a stream, as it was sent. */
  note(body: JsonObject): void
  /** Stores what was noted as the answer of `winner`, in the background. */
  keep(inbound: Inbound, winner: Attempt | undefined): void
}

/** Makes a keeper; without a key it collects nothing. */
export function createKeeper(cache: CacheMiss, isStream: boolean): Keeper {
  const bodies: JsonObject[] = []
  return Object.freeze<Keeper>({
    note: body => {
      if (cache.state === 'miss') bodies.push(body)
    },
    keep: ({ context, call }, winner) => {
      if (cache.state === 'off' || winner?.failure !== null || bodies.length === 0) return
      const { endpoint } = winner.candidate
      void context.responseCache?.put(cache.key, {
        version: 1,
        sourceId: call.generationId,
        storedEpochMs: epochMs(context),
        ttlSeconds: cache.ttlSeconds,
        served: { model: endpoint.modelId, provider: endpoint.provider.id, endpoint: endpoint.id },
        answer: isStream ? { kind: 'chunks', chunks: bodies.filter(hasChoices) } : wholeOf(bodies),
      })
    },
  })
}

/** Usage and metadata are those of one request, and come in a chunk of their own. */
function hasChoices(chunk: JsonObject): boolean {
  return asArray(chunk['choices']).length > 0
}

function wholeOf([first = {}]: readonly JsonObject[]): CachedAnswer['answer'] {
  const { openrouter_metadata: _metadata, ...body } = first
  return { kind: 'body', body }
}
