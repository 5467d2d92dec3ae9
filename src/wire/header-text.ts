/**
 * Any text as the value of an HTTP header: what a header cannot carry, white space and `%` are percent-encoded as
 * UTF-8. Plain names stay as they are. Pure; `decodeHeaderText` gives the text back.
 */
export function encodeHeaderText(text: string): string {
  return text.toWellFormed().replaceAll(/[^!-$&-~]+/gu, encodeURIComponent)
}

/** The text behind a header value of `encodeHeaderText`; a value that is not one stands for itself. Pure. */
export function decodeHeaderText(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    // A `%` that begins no encoding: the caller wrote the value as it is.
    return value
  }
}
