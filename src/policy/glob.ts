/**
 * Whether a text matches a glob: `*` stands for any characters, also none; everything else for itself.
 * Pure; linear in practice, never worse than the product of both lengths.
 */
export function matchesGlob(text: string, glob: string): boolean {
  let at = 0
  let inGlob = 0
  /** Where the last star stood, and how much of the text it has taken. */
  let star = -1
  let taken = 0
  while (at < text.length) {
    if (glob[inGlob] === '*') {
      star = inGlob++
      taken = at
    } else if (glob[inGlob] === text[at]) {
      inGlob++
      at++
    } else if (star >= 0) {
      inGlob = star + 1
      at = ++taken
    } else return false
  }
  while (glob[inGlob] === '*') inGlob++
  return inGlob === glob.length
}

/** Whether one of the globs matches. Pure. */
export function matchesAnyGlob(text: string, globs: readonly string[]): boolean {
  return globs.some(glob => matchesGlob(text, glob))
}
