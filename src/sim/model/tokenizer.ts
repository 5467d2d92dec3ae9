/** The tokenizers that counts are made with. `bytes`: four bytes of UTF-8 are a token, for load benches. */
export const tokenizerNames = ['o200k', 'cl100k', 'bytes'] as const

/** One of `tokenizerNames`. */
export type TokenizerName = (typeof tokenizerNames)[number]

/** A piece of a text that cannot be cut further: whole characters, usually one token. */
export interface TextUnit {
  readonly text: string
  readonly tokens: number
}

/** Counts the tokens of texts. Deterministic; what it remembers only saves time. */
export interface Tokenizer {
  readonly name: TokenizerName
  count(text: string): number
  /** The text in its smallest pieces; joined they are the text, and their tokens add up to its count. */
  units(text: string): readonly TextUnit[]
  /** The numbers of a text's tokens; null: tokens are not numbered, four bytes are one. */
  readonly idsOf: ((text: string) => Int32Array) | null
}

/** The simulated tokenizer of load benches: one token is four UTF-8 bytes. */
export const bytesPerToken = 4

/** Tokens of that many bytes, rounded up. */
export function tokensOfBytes(bytes: number): number {
  return Math.ceil(bytes / bytesPerToken)
}

/** Counts four bytes of UTF-8 as a token. Faster than any real tokenizer, and like none. */
export const bytesTokenizer: Tokenizer = Object.freeze({
  name: 'bytes',
  count: (text: string) => tokensOfBytes(Buffer.byteLength(text)),
  units: (text: string) => (Buffer.byteLength(text) === text.length ? asciiUnits(text) : wideUnits(text)),
  idsOf: null,
})

function asciiUnits(text: string): readonly TextUnit[] {
  const count = Math.ceil(text.length / bytesPerToken)
  return Array.from({ length: count }, (_, at) => ({
    text: text.slice(at * bytesPerToken, (at + 1) * bytesPerToken),
    tokens: 1,
  }))
}

/** A character belongs to the piece in which its last byte lies, so pieces keep step with tokens. */
function wideUnits(text: string): readonly TextUnit[] {
  const units: TextUnit[] = []
  let piece = ''
  let bytes = 0
  for (const character of text) {
    const size = Buffer.byteLength(character)
    if (bytes + size > (units.length + 1) * bytesPerToken) {
      units.push({ text: piece, tokens: 1 })
      piece = ''
    }
    piece += character
    bytes += size
  }
  return piece === '' ? units : [...units, { text: piece, tokens: 1 }]
}

/** The beginning of a text that counts `tokens` tokens, or, where no beginning does, the longest that counts fewer. */
export function capText(text: string, tokens: number, tokenizer: Tokenizer): string {
  if (tokens < 1) return ''
  if (tokenizer.count(text) <= tokens) return text
  const units = tokenizer.units(text)
  let at = 0
  for (let sum = 0; at < units.length; at++) {
    sum += units[at]?.tokens ?? 0
    if (sum > tokens) break
  }
  // Cut inside a word, the rest of it may count otherwise than it did within the word.
  const isFit = (end: number) => tokenizer.count(headOf(units, end)) <= tokens
  while (at > 0 && !isFit(at)) at -= 1
  while (at < units.length && isFit(at + 1)) at += 1
  return headOf(units, at)
}

function headOf(units: readonly TextUnit[], end: number): string {
  return units
    .slice(0, end)
    .map(({ text }) => text)
    .join('')
}
