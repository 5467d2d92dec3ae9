import { createRng, hash64 } from '../core/index.ts'

/**
 * Words of three letters. With the space before it each is one token of every tokenizer that the simulated
 * providers count with (four bytes; o200k and cl100k have each of these as a token), whatever stands around it.
 */
const words = (
  'the and for are but not you all can had her was one our out day get has him his how man new now old ' +
  'see two way who boy did its let put say she too use act add age ago air arm art ask bad bag bed big ' +
  'bit box buy car cat cut dog dry due ear eat egg end eye far few fit fix fly fun gas hot ice job key ' +
  'kid lay leg lie lot low map mix net oil own pay per raw red row run sea set sit six sky son sum sun ' +
  'tax tea ten tie top try war web win yes yet any may off saw led won lit hit met ran sat cup hat pen ' +
  'van bus arc'
).split(' ')

/** Bytes of one word with its space. */
const wordBytes = 4
/** Words at the start that tell a filler from others: 7 bits each. */
const headWords = 8

const corpusBytes = 2 ** 18

/** The same text for every process and version: it is made once, at its first use. */
let corpus: string | null = null

/**
 * Filler: exactly `tokens` words of one token, each four bytes of ASCII with its space, that depend only on `key`.
 *
 * The first eight words are a hash of the key, so that fillers of different keys differ from the start; the
 * rest is a slice of a fixed text. A shorter filler is a prefix of a longer one with the same key. Fillers may be
 * joined: tokens add up, as each word begins with its space.
 * Pure; fast for any length, since no loop runs over tokens.
 */
export function fillerText(key: string, tokens: number): string {
  const length = Math.max(0, Math.floor(tokens)) * wordBytes
  const hash = hash64(key)
  const head = headOf(hash)
  if (length <= head.length) return head.slice(0, length)
  corpus ??= makeCorpus()
  const body = corpus.slice(Number(hash >> 56n) * (corpusBytes / 256))
  const missing = length - head.length - body.length
  if (missing <= 0) return head + body.slice(0, length - head.length)
  return head + body + corpus.repeat(Math.ceil(missing / corpusBytes)).slice(0, missing)
}

/** Eight words out of the low 56 bits. */
function headOf(hash: bigint): string {
  return Array.from({ length: headWords }, (_, at) => wordAt(Number((hash >> BigInt(7 * at)) & 127n))).join(
    '',
  )
}

function makeCorpus(): string {
  const rng = createRng('filler')
  return Array.from({ length: corpusBytes / wordBytes }, () => wordAt(rng.int(words.length))).join('')
}

function wordAt(at: number): string {
  return ` ${words[at] ?? ''}`
}
