/** A right answer, and wrong ones that somebody could give instead. */
export interface KnownAnswer {
  readonly text: string
  readonly mistakes: readonly string[]
}

/**
 * The answer to a question of one of the checkable forms; null: it is of none. Pure; reads words, understands nothing.
 *
 * - `What is 17 + 25 * 2?` with `Answer with the number alone.`: the value, by the usual precedence.
 * - `Answer with one of: red, green, blue.`: the first of these labels that stands elsewhere in the question.
 * - `Give the value of "total" and nothing else.`: what follows `total:` on a line of its own.
 */
export function knownAnswer(question: string): KnownAnswer | null {
  return sumOf(question) ?? labelOf(question) ?? valueOf(question)
}

function sumOf(question: string): KnownAnswer | null {
  if (!/\banswer with the number (?:alone|only)\b/i.test(question)) return null
  const sum = /\bwhat is ([\d.+\-*/×÷ ]{3,80}?) ?\?/i.exec(question)?.[1]
  const value = sum === undefined ? null : calculate(sum)
  if (value === null) return null
  const near = [1, -1, 2, 10].map(off => numberText(value + off))
  return { text: numberText(value), mistakes: near }
}

/** Products first, then sums, from the left; null: it is no sum. */
function calculate(text: string): number | null {
  const parts =
    text
      .replaceAll('×', '*')
      .replaceAll('÷', '/')
      .match(/\d+(?:\.\d+)?|[-+*/]/g) ?? []
  let sum = 0
  let term = Number.NaN
  let sign = 1
  for (let at = 0; at < parts.length; at += 2) {
    const value = Number(parts[at])
    const operator = at === 0 ? '+' : parts[at - 1]
    if (operator === '*') term *= value
    else if (operator === '/') term /= value
    else {
      sum += at === 0 ? 0 : sign * term
      term = value
      sign = operator === '-' ? -1 : 1
    }
  }
  const value = sum + sign * term
  return Number.isFinite(value) && parts.length % 2 === 1 && parts.length > 1 ? value : null
}

/** At most six places, as people write it. */
function numberText(value: number): string {
  return String(Number(value.toFixed(6)))
}

function labelOf(question: string): KnownAnswer | null {
  const [order, list] = /\banswer with one of: ([^\n]{1,500}?)\.?(?:\n|$)/i.exec(question) ?? []
  if (order === undefined || list === undefined) return null
  const labels = list.split(',').map(label => label.trim())
  const rest = question.replace(order, '').toLowerCase()
  const text = labels.find(label => label !== '' && rest.includes(label.toLowerCase()))
  return text === undefined ? null : { text, mistakes: labels.filter(label => label !== text) }
}

function valueOf(question: string): KnownAnswer | null {
  const name = /\bgive the value of "([^"\n]{1,80})" and nothing else\b/i.exec(question)?.[1]
  if (name === undefined) return null
  const line = question.split('\n').find(text => text.startsWith(`${name}:`))
  return line === undefined ? null : { text: line.slice(name.length + 1).trim(), mistakes: [] }
}
