/** Bytes that a request carries in a `data:` URL (RFC 2397), as base64. */
export interface InlineData {
  readonly mimeType: string
  readonly base64: string
}

/** Reads a base64 `data:` URL; null when it is none. Pure. */
export function readDataUrl(url: string): InlineData | null {
  if (!url.startsWith('data:')) return null
  const comma = url.indexOf(',')
  const [mimeType = '', ...parameters] = url.slice('data:'.length, comma).split(';')
  if (comma < 0 || !parameters.includes('base64')) return null
  return { mimeType: mimeType || 'application/octet-stream', base64: url.slice(comma + 1) }
}
