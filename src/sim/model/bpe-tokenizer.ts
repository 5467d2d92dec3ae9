import type { TextUnit, Tokenizer, TokenizerName } from './tokenizer.ts'

/** A byte-pair encoding. */
export interface Encoding {
  /** Finds the words of a text, each of which is encoded by itself; with the flag `g`. */
  readonly wordPattern: RegExp
  /** The tokens of one word. */
  readonly encode: (word: string) => readonly number[]
  /** Each token's text, or its bytes where they are no whole characters. */
  readonly tokens: readonly (string | readonly number[] | undefined)[]
}

/** A word with its tokens. */
interface Word {
  readonly ids: readonly number[]
  readonly units: readonly TextUnit[]
}

/** A text with its tokens. */
interface Encoded {
  readonly count: number
  readonly words: readonly Word[]
}

/** Words that are remembered; all are forgotten beyond that. */
const maxWords = 50_000
/** Words longer than that are no words, and few: they are not remembered. */
const maxWordLength = 64
/**
 * Longest run that is encoded as one word: the time for a word grows with its square. A longer one (a text of
 * letters without any space) is encoded in slices, which may count a token more each.
 */
const maxRun = 1024
/** Texts whose tokens are remembered while an answer is planned, which asks for them several times. */
const maxTexts = 4

/** Makes a tokenizer that counts exactly as its encoding does. Text that looks like a control token is text. */
export function createBpeTokenizer(name: TokenizerName, encoding: Encoding): Tokenizer {
  const words = new Map<string, Word>()
  const texts = new Map<string, Encoded>()

  function wordOf(text: string): Word {
    const known = words.get(text)
    if (known) return known
    const ids = encoding.encode(text)
    const word = { ids, units: unitsOf(text, ids, encoding) }
    if (text.length > maxWordLength) return word
    if (words.size >= maxWords) words.clear()
    words.set(text, word)
    return word
  }

  function wordsOf(text: string): readonly Word[] {
    const found: Word[] = []
    for (const match of text.match(encoding.wordPattern) ?? [])
      if (match.length <= maxRun) found.push(wordOf(match))
      else for (const slice of slicesOf(match)) found.push(wordOf(slice))
    return found
  }

  function encoded(text: string): Encoded {
    const known = texts.get(text)
    if (known) return known
    const found = wordsOf(text)
    const made = { words: found, count: found.reduce((sum, { ids }) => sum + ids.length, 0) }
    const [oldest] = texts.keys()
    if (texts.size >= maxTexts && oldest !== undefined) texts.delete(oldest)
    texts.set(text, made)
    return made
  }

  return Object.freeze({
    name,
    count: (text: string) => encoded(text).count,
    units: (text: string) => encoded(text).words.flatMap(({ units }) => units),
    idsOf: (text: string) => idsIn(wordsOf(text)),
  })
}

function idsIn(words: readonly Word[]): Int32Array {
  const all = new Int32Array(words.reduce((sum, { ids }) => sum + ids.length, 0))
  let at = 0
  for (const { ids } of words) for (const id of ids) all[at++] = id
  return all
}

/** Pieces of at most `maxRun` code units, cut between characters. */
function slicesOf(text: string): readonly string[] {
  const slices: string[] = []
  for (let at = 0; at < text.length; ) {
    const end = at + maxRun
    const isBetween = !/[\uDC00-\uDFFF]/.test(text.charAt(end))
    slices.push(text.slice(at, isBetween ? end : end - 1))
    at = isBetween ? end : end - 1
  }
  return slices
}

/** A word cut where a token ends and a character too. */
function unitsOf(word: string, ids: readonly number[], { tokens }: Encoding): readonly TextUnit[] {
  // What is no whole text cannot be cut by its bytes.
  if (ids.length < 2 || !word.isWellFormed()) return [{ text: word, tokens: ids.length }]
  const bytes = Buffer.from(word)
  const units: TextUnit[] = []
  let [from, to, count] = [0, 0, 0]
  for (const id of ids) {
    const token = tokens[id] ?? ''
    to += typeof token === 'string' ? Buffer.byteLength(token) : token.length
    count += 1
    // A byte 10xxxxxx goes on with the character before it.
    if (((bytes[to] ?? 0) & 0xc0) === 0x80) continue
    units.push({ text: bytes.toString('utf8', from, to), tokens: count })
    from = to
    count = 0
  }
  return units
}
