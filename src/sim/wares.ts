import type { Catalog, Endpoint } from '../catalog/index.ts'
import type { Rng } from '../core/index.ts'
import { builtinCalibration } from './builtin-calibration.ts'
import type { Calibration } from './model/calibration.ts'
import { createEndpointModel, type EndpointModel } from './model/endpoint-model.ts'
import { type EndpointProfile, profileOf } from './model/profile.ts'
import type { Tokenizer } from './model/tokenizer.ts'
import { createTally, type Tally } from './tally.ts'
import { createTokenizers, tokenizerFor, type Tokenizers } from './tokenizers.ts'

/** An endpoint's memory. */
export interface Ware {
  readonly model: EndpointModel
  readonly tokenizer: Tokenizer
  readonly tally: Tally
}

/** The memories of all endpoints that had a request. */
export interface Wares {
  /** Made with these draws at its first use. */
  of(endpoint: Endpoint, rng: Rng): Ware
  all(): readonly Ware[]
  /** Loads what counting tokens needs, so that no request has to wait for it. */
  loadTokenizers(): void
  clear(): void
}

/** What memories are made of. */
export interface WaresOptions {
  readonly catalog: Catalog
  /** How fast each endpoint is; left out: the built-in calibration. */
  readonly calibration?: Calibration
  /** What counts tokens; left out: tokenizers of its own. */
  readonly tokenizers?: Tokenizers
  /** Whether free answers are only counted and timed, not written; left out: they are written. */
  readonly isUnwritten?: boolean
}

/** Makes an empty set of memories. */
export function createWares(options: WaresOptions): Wares {
  const { catalog, calibration = builtinCalibration(), isUnwritten = false } = options
  const tokenizers = options.tokenizers ?? createTokenizers()
  const wares = new Map<string, Ware>()

  function tokenizerOf({ modelId }: Endpoint, { tokenizer }: EndpointProfile): Tokenizer {
    const family = catalog.models.get(modelId)?.tokenizer ?? 'unknown'
    return tokenizers.of(tokenizerFor(tokenizer, family))
  }
  function make(endpoint: Endpoint, rng: Rng): Ware {
    const profile = profileOf(endpoint, calibration)
    const tokenizer = tokenizerOf(endpoint, profile)
    const model = createEndpointModel({ endpoint, profile, tokenizer, isUnwritten, rng })
    return { model, tokenizer, tally: createTally(endpoint.id) }
  }
  return Object.freeze({
    of: (endpoint: Endpoint, rng: Rng) => {
      const known = wares.get(endpoint.id)
      if (known) return known
      const made = make(endpoint, rng)
      wares.set(endpoint.id, made)
      return made
    },
    all: () => [...wares.values()],
    loadTokenizers: () => {
      for (const endpoint of catalog.endpoints.values())
        tokenizerOf(endpoint, profileOf(endpoint, calibration))
    },
    clear: () => wares.clear(),
  })
}
