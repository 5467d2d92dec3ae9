/** Text without control characters: names from outside must not move a cursor or hide what follows. Pure. */
export function plainText(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ')
}
