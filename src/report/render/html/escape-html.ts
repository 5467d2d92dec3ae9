import { plainText } from '../plain-text.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as HTML text or as a quoted attribute's value, without control characters. */
export function escapeHtml(text: string): string {
  return plainText(text).replaceAll(/[&<>"']/g, character => entities[character] ?? '')
}
