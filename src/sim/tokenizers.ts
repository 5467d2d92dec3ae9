import { createRequire } from 'node:module'
import type * as RanksModule from 'gpt-tokenizer/bpeRanks/o200k_base'
import type * as EncodingModule from 'gpt-tokenizer/encoding/o200k_base'
import type * as ConstantsModule from 'gpt-tokenizer/encodingParams/constants'
import { createBpeTokenizer } from './model/bpe-tokenizer.ts'
import { withTokenMemory } from './model/token-memory.ts'
import { bytesTokenizer, type Tokenizer, type TokenizerName } from './model/tokenizer.ts'

/** The tokenizers of one process. */
export interface Tokenizers {
  /** Loads what a tokenizer needs when it is first asked for: some 0.2 s and 70 MB for a real one. */
  of(name: TokenizerName): Tokenizer
}

/** Makes tokenizers of which none is loaded. */
export function createTokenizers(): Tokenizers {
  const loaded = new Map<TokenizerName, Tokenizer>([['bytes', bytesTokenizer]])
  return Object.freeze({
    of: (name: TokenizerName) => {
      const known = loaded.get(name)
      if (known) return known
      const made = loadTokenizer(name)
      loaded.set(name, made)
      return made
    },
  })
}

function loadTokenizer(name: TokenizerName): Tokenizer {
  // By `require`, as markets are made synchronously and most processes that import this folder never count.
  const load = createRequire(import.meta.url)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a parse edge: `require` is untyped
  const { encode } = load(`gpt-tokenizer/encoding/${name}_base`) as typeof EncodingModule
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  const { default: tokens } = load(`gpt-tokenizer/bpeRanks/${name}_base`) as typeof RanksModule
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  const patterns = load('gpt-tokenizer/encodingParams/constants') as typeof ConstantsModule
  const wordPattern = name === 'cl100k' ? patterns.CL100K_TOKEN_SPLIT_REGEX : patterns.O200K_TOKEN_SPLIT_REGEX
  const options = { disallowedSpecial: new Set<string>() }
  return withTokenMemory(
    createBpeTokenizer(name, { wordPattern, encode: word => encode(word, options), tokens }),
  )
}

/**
 * The tokenizer that counts a model's tokens, from its calibration and its family in the catalogue: that of the
 * family where there is a public one, else o200k in its stead. Pure.
 */
export function tokenizerFor(setting: TokenizerName | 'family', family: string): TokenizerName {
  if (setting !== 'family') return setting
  return family === 'cl100k' ? 'cl100k' : 'o200k'
}
