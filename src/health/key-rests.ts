import { type CoolDown, createCoolDown } from './cool-down.ts'
import { coolDownMs, coolDownReason } from './cool-down-rules.ts'
import type { HealthEvent } from './health-event.ts'
import type { HealthSettings } from './health-settings.ts'

/** Which API keys are left alone, known by their names: one at one endpoint (its limit there), or wherever it is used. */
export interface KeyRests {
  note(endpointId: string, event: HealthEvent): void
  /** The rest that ends first, of these keys at the endpoint; null: one of them is at work, or there are none. */
  rest(endpointId: string, keyAliases: readonly string[], nowNs: number): Rest | null
}

type Rest = ReturnType<CoolDown['latest']>

/** What is known of one key at one endpoint. */
interface KeyAtEndpoint {
  readonly coolDown: CoolDown
  refusalsInRow: number
}

/** Starts with all keys at work. Its memory is that of the keys and the endpoints they met trouble at. */
export function createKeyRests(settings: HealthSettings): KeyRests {
  const everywhere = new Map<string, CoolDown>()
  const here = new Map<string, Map<string, KeyAtEndpoint>>()
  let lastEndNs = 0

  function note(endpointId: string, event: HealthEvent): void {
    const refusalsInRow = refusalsAfter(endpointId, event)
    const coolDown = coolDownOf(endpointId, event)
    const waitMs = coolDown && coolDownMs(event, refusalsInRow, settings)
    if (waitMs === null) return
    coolDown?.extend(event.atNs, waitMs, coolDownReason(event))
    lastEndNs = Math.max(lastEndNs, coolDown?.untilNs(event.atNs) ?? 0)
  }

  /** Of the key at the endpoint; a success ends the row. */
  function refusalsAfter(endpointId: string, { keyAlias, result }: HealthEvent): number {
    if (result === 'refused') return ++keyAt(endpointId, keyAlias).refusalsInRow
    const key = here.get(endpointId)?.get(keyAlias)
    if (key && result === 'ok') key.refusalsInRow = 0
    return key?.refusalsInRow ?? 0
  }

  /** What the event could let rest; null: no key. */
  function coolDownOf(endpointId: string, { coolsDown, keyAlias }: HealthEvent): CoolDown | null {
    if (coolsDown === 'key') return keyAnywhere(keyAlias)
    return coolsDown === 'key_at_endpoint' ? keyAt(endpointId, keyAlias).coolDown : null
  }

  function keyAnywhere(keyAlias: string): CoolDown {
    const known = everywhere.get(keyAlias) ?? createCoolDown()
    everywhere.set(keyAlias, known)
    return known
  }

  function keyAt(endpointId: string, keyAlias: string): KeyAtEndpoint {
    const keys = here.get(endpointId) ?? new Map<string, KeyAtEndpoint>()
    here.set(endpointId, keys)
    const known = keys.get(keyAlias) ?? { coolDown: createCoolDown(), refusalsInRow: 0 }
    keys.set(keyAlias, known)
    return known
  }

  /** The longer of the two rests of a key; null: it is at work. */
  function restOf(endpointId: string, keyAlias: string, nowNs: number): Rest | null {
    const both = [everywhere.get(keyAlias), here.get(endpointId)?.get(keyAlias)?.coolDown]
    const running = both.flatMap(coolDown =>
      coolDown && coolDown.untilNs(nowNs) > 0 ? [coolDown.latest()] : [],
    )
    return running.toSorted((a, b) => b.untilNs - a.untilNs)[0] ?? null
  }

  return Object.freeze<KeyRests>({
    note,
    rest: (endpointId, keyAliases, nowNs) => {
      if (nowNs >= lastEndNs) return null
      let first: Rest | null = null
      for (const keyAlias of keyAliases) {
        const rest = restOf(endpointId, keyAlias, nowNs)
        if (rest === null) return null
        if (first === null || rest.untilNs < first.untilNs) first = rest
      }
      return first
    },
  })
}
