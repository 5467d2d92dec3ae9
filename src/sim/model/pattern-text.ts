import type { Rng } from '../../core/index.ts'

/** Repetitions where a pattern sets no upper bound. */
const usualMost = 4

const digits = '0123456789'
const letters = 'abcdefghijklmnopqrstuvwxyz'
const word = `${letters}${letters.toUpperCase()}${digits}_`

/** Where a pattern is read, and what has been written from it. */
interface Reader {
  readonly pattern: string
  at: number
  readonly rng: Rng
}

/**
 * A text that a simple regular expression matches: characters, classes, groups, alternatives, repetitions. Look-around,
 * back references and inverted classes of letters are guessed at: the caller checks the text. Pure.
 */
export function patternText(pattern: string, rng: Rng): string {
  return alternatives({ pattern, at: 0, rng })
}

function alternatives(reader: Reader): string {
  const branches = [sequence(reader)]
  while (reader.pattern[reader.at] === '|') {
    reader.at += 1
    branches.push(sequence(reader))
  }
  return branches[reader.rng.int(branches.length)] ?? ''
}

function sequence(reader: Reader): string {
  let text = ''
  while (reader.at < reader.pattern.length && !'|)'.includes(reader.pattern.charAt(reader.at))) {
    const start = reader.at
    const once = atom(reader)
    const end = reader.at
    const times = repetitions(reader)
    const after = reader.at
    text += times > 0 ? once : ''
    // Each repetition draws anew: `\d{3}` is not one digit three times.
    for (let time = 1; time < times; time++) {
      reader.at = start
      text += atom(reader)
    }
    reader.at = times > 0 ? after : Math.max(after, end)
  }
  return text
}

function atom(reader: Reader): string {
  const character = reader.pattern.charAt(reader.at)
  reader.at += 1
  switch (character) {
    case '^':
    case '$':
      return ''
    case '.':
      return oneOf(letters, reader.rng)
    case '(': {
      const opening = /^\?(?::|=|!|<[=!]|<[a-z]\w*>)/i.exec(reader.pattern.slice(reader.at))?.[0] ?? ''
      reader.at += opening.length
      const text = alternatives(reader)
      reader.at += 1
      return /^\?<?[=!]/.test(opening) ? '' : text
    }
    case '[':
      return oneOf(classMembers(reader), reader.rng)
    case '\\':
      return escaped(reader)
    default:
      return character
  }
}

function escaped(reader: Reader): string {
  const character = reader.pattern.charAt(reader.at)
  reader.at += 1
  const property = /^\{[^}]*\}/.exec(reader.pattern.slice(reader.at))?.[0]
  if (/[pP]/.test(character) && property !== undefined) {
    reader.at += property.length
    return oneOf(
      /Lu|Upper/.test(property) ? letters.toUpperCase() : property.startsWith('{N') ? digits : letters,
      reader.rng,
    )
  }
  return /[bB]/.test(character) ? '' : oneOf(escapedMembers(character), reader.rng)
}

function escapedMembers(character: string): string {
  const classes: Readonly<Record<string, string>> = {
    d: digits,
    w: word,
    s: ' ',
    D: letters,
    W: ' -.',
    S: letters,
    n: '\n',
    t: '\t',
    r: '\r',
  }
  return classes[character] ?? character
}

/** The characters of a class; of an inverted one those of usual text that are not in it. */
function classMembers(reader: Reader): string {
  const isInverted = reader.pattern[reader.at] === '^'
  if (isInverted) reader.at += 1
  let members = ''
  for (let isFirst = true; isFirst || reader.pattern[reader.at] !== ']'; isFirst = false) {
    if (reader.at >= reader.pattern.length) break
    const from = classMember(reader)
    const isRange =
      reader.pattern[reader.at] === '-' && reader.pattern[reader.at + 1] !== ']' && from.length === 1
    if (isRange) reader.at += 1
    members += isRange ? rangeOf(from, classMember(reader)) : from
  }
  reader.at += 1
  return isInverted
    ? `${word} -.`.replaceAll(/./g, character => (members.includes(character) ? '' : character))
    : members
}

function classMember(reader: Reader): string {
  const character = reader.pattern.charAt(reader.at)
  reader.at += 1
  if (character !== '\\') return character
  reader.at += 1
  return escapedMembers(reader.pattern.charAt(reader.at - 1))
}

function rangeOf(from: string, to: string): string {
  const [low, high] = [from.charCodeAt(0), Math.min(to.charCodeAt(0), from.charCodeAt(0) + 255)]
  return Array.from({ length: Math.max(0, high - low + 1) }, (_, at) => String.fromCharCode(low + at)).join(
    '',
  )
}

function repetitions(reader: Reader): number {
  const found = /^(?:([?*+])|\{(\d+)(,?)(\d*)\})\??/.exec(reader.pattern.slice(reader.at))
  if (!found) return 1
  reader.at += found[0].length
  const [, sign, least = '0', comma = '', most = ''] = found
  if (sign === '?') return reader.rng.int(2)
  if (sign !== undefined) return (sign === '+' ? 1 : 0) + reader.rng.int(usualMost)
  const fewest = Math.min(Number(least), 1000)
  const highest = comma === '' ? fewest : most === '' ? fewest + usualMost : Math.min(Number(most), 1000)
  return fewest + reader.rng.int(Math.max(1, highest - fewest + 1))
}

function oneOf(characters: string, rng: Rng): string {
  return characters.charAt(rng.int(Math.max(1, characters.length)))
}
