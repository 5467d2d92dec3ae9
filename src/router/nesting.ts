const quote = 0x22
const backslash = 0x5c
const opening: ReadonlySet<number> = new Set([0x5b, 0x7b])
const closing: ReadonlySet<number> = new Set([0x5d, 0x7d])

/** Levels of a request's body. Far beyond any real tool schema; what encodes a body again recurses. */
export const deepestNesting = 256

/** Whether JSON text nests arrays and objects deeper than `levels`. Looks at brackets alone; pure. */
export function isDeeperThan(levels: number, json: Buffer): boolean {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0
    if (byte === quote) at = endOfText(json, at)
    else if (opening.has(byte)) depth++
    else if (closing.has(byte)) depth--
    if (depth > levels) return true
  }
  return false
}

/** Where the text ends that begins at a quotation mark. */
function endOfText(json: Buffer, start: number): number {
  let at = start + 1
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1
  return at
}
