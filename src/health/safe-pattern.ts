/** What a JSON Schema's `pattern` becomes. */
interface Pattern {
  test(text: string): boolean
  toString(): string
}

/** Texts longer than this are not searched. */
const longestText = 256
const mostOpenRepeats = 3
const repeatedGroup = /\)(?:[*+]|\{\d+,?\d*\})/u
const openRepeat = /[*+]|\{\d+,\}/gu

/**
 * Compiles a regular expression that came from outside so that no text can hold up the process: expressions that
 * repeat a group, refer back or have more than three open repeats, and texts beyond 256 characters, match without a
 * search. A square of such a text is searched in milliseconds; an exponential takes years. Pure.
 *
 * Throws a `SyntaxError` when the text is no expression.
 */
function createPattern(source: string, flags: string): Pattern {
  const pattern = new RegExp(source, flags)
  const repeats = source.match(openRepeat)?.length ?? 0
  const isRisky = repeatedGroup.test(source) || /\\[1-9k]/u.test(source) || repeats > mostOpenRepeats
  return {
    test: text => isRisky || text.length > longestText || pattern.test(text),
    // Ajv tells patterns apart by this.
    toString: () => String(pattern),
  }
}

/** `createPattern` as ajv wants an engine: with the code it would print for a module of its own, which we never make. */
export const createSafePattern = Object.assign(createPattern, { code: 'createSafePattern' })
