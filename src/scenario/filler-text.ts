import { createRng, hash64 } from '../core/index.ts'

/** Bytes of filler per token: what the simulated providers count. */
const bytesPerToken = 4

const headLength = 16
const corpusLength = 2 ** 18

const consonants = 'bcdfghjklmnprstvwxyz'
const vowels = 'aeiou'

const words =
  'the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there would their we him been has when who will no more if out so said what up its about than into them can only other new some could time these two may then do first any my now such like our over man me even most made after also did many before must through years where much your way well down should because each just those people how too little state good very make world still own see men work long get here between both life being under never day same another know while last might us great old year off come since against go came right used take three'

/** The same text for every process and version: it is made once, at its first use. */
let corpus: string | null = null

/**
 * Filler: exactly `tokens` × 4 bytes of ASCII that look like words and depend only on `key`.
 *
 * The first 16 bytes are a hash of the key, so that fillers of different keys differ from the start; the
 * rest is a slice of a fixed text. A shorter filler is a prefix of a longer one with the same key.
 * Pure; fast for any length, since no loop runs over tokens.
 */
export function fillerText(key: string, tokens: number): string {
  const length = Math.max(0, Math.floor(tokens)) * bytesPerToken
  const hash = hash64(key)
  const head = headOf(hash)
  if (length <= headLength) return head.slice(0, length)
  corpus ??= makeCorpus()
  const body = corpus.slice(Number(hash >> 46n))
  const missing = length - headLength - body.length
  if (missing <= 0) return head + body.slice(0, length - headLength)
  return head + body + corpus.repeat(Math.ceil(missing / corpusLength)).slice(0, missing)
}

/** Seven syllables out of the low 46 bits: `balokemu tosiva `. */
function headOf(hash: bigint): string {
  let left = Number(hash & 0x3fff_ffff_ffffn)
  let text = ''
  for (let syllable = 0; syllable < 7; syllable++) {
    const choice = left % 100
    left = Math.floor(left / 100)
    text += consonants.charAt(choice % 20) + vowels.charAt(Math.floor(choice / 20))
    if (syllable === 3) text += ' '
  }
  return `${text} `
}

function makeCorpus(): string {
  const choices = words.split(' ')
  const rng = createRng('filler')
  const parts: string[] = []
  for (let length = 0; length < corpusLength; ) {
    const word = choices[rng.int(choices.length)] ?? ''
    parts.push(word)
    length += word.length + 1
  }
  return parts.join(' ').padEnd(corpusLength).slice(0, corpusLength)
}
