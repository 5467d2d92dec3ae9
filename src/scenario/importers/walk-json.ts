type Step = string | number

type Container = '{' | '['

/** What may come next. `rest`: a value is complete. */
type Expected = 'value' | 'first-value' | 'key' | 'first-key' | 'colon' | 'rest'

interface Token {
  /** A mark of punctuation, or what kind of value this is. */
  readonly kind: string
  readonly text: string
  readonly offset: number
}

/**
 * Walks a JSON text (RFC 8259) from value to value and returns the offset of its first mistake, null when there is
 * none. `JSON.parse` tells neither where a value stands nor, but in words, where a mistake is. Builds no data and
 * does not recurse, so depth and size are bounded by the text alone. Pure.
 *
 * @param visit Is told the path and the offset of every value, a container before what is in it. The path is only
 *   good during the call.
 */
export function walkJson(
  text: string,
  visit: (path: readonly Step[], offset: number) => void = () => {},
): number | null {
  const next = tokensOf(text)
  const path: Step[] = []
  const open: Container[] = []
  let expected: Expected = 'value'

  const begin = ({ kind, offset }: Token): Expected => {
    visit(path, offset)
    if (kind !== '{' && kind !== '[') return 'rest'
    open.push(kind)
    path.push(kind === '{' ? '' : 0)
    return kind === '{' ? 'first-key' : 'first-value'
  }
  const end = (): Expected => {
    open.pop()
    path.pop()
    return 'rest'
  }
  const nextMember = (): Expected | null => {
    const step = path.pop()
    if (step === undefined) return null
    path.push(typeof step === 'number' ? step + 1 : '')
    return typeof step === 'number' ? 'value' : 'key'
  }
  const name = ({ text: quoted }: Token): Expected => {
    path[path.length - 1] = String(JSON.parse(quoted))
    return 'colon'
  }
  const mayEnd = (kind: string) =>
    open.length > 0 &&
    kind === (open.at(-1) === '{' ? '}' : ']') &&
    !['key', 'colon', 'value'].includes(expected)
  /** What may come after `token`; null when the token itself may not stand here. */
  const take = (token: Token): Expected | null => {
    if (mayEnd(token.kind)) return end()
    switch (expected) {
      case 'value':
      case 'first-value':
        return isValue(token) ? begin(token) : null
      case 'key':
      case 'first-key':
        return token.kind === 'string' ? name(token) : null
      case 'colon':
        return token.kind === ':' ? 'value' : null
      case 'rest':
        return token.kind === ',' ? nextMember() : null
    }
  }

  for (;;) {
    const token = next()
    const isWhole = expected === 'rest' && open.length === 0
    if (token.kind === 'end') return isWhole ? null : token.offset
    const following = take(token)
    if (following === null) return token.offset
    expected = following
  }
}

function isValue({ kind }: Token): boolean {
  return kind === '{' || kind === '[' || kind === 'string' || kind === 'literal'
}

/** Reads one token a call: punctuation, `string`, `literal`, then `end`; `unknown` for anything else. */
function tokensOf(text: string): () => Token {
  const space = /[ \t\n\r]*/y
  // A string: any characters from space on but quote and backslash, and escapes.
  const token =
    /([{}[\],:])|("[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\uffff]*)*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y
  return () => {
    space.lastIndex = token.lastIndex
    space.exec(text)
    const offset = space.lastIndex
    token.lastIndex = offset
    const match = token.exec(text)
    if (match === null) return { kind: offset === text.length ? 'end' : 'unknown', text: '', offset }
    const [whole, mark, quoted] = match
    return { kind: mark ?? (quoted === undefined ? 'literal' : 'string'), text: whole, offset }
  }
}
