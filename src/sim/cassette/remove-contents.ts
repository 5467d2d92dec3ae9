/** Members whose text is of the protocol, not of the conversation. */
const structural: ReadonlySet<string> = new Set([
  'id',
  'object',
  'model',
  'role',
  'type',
  'finish_reason',
  'native_finish_reason',
  'stop_reason',
  'finishReason',
  'modelVersion',
  'system_fingerprint',
  'service_tier',
  'provider',
  'code',
  'status',
])

/** A string literal with what follows it, so that a name can be told from a value. */
const literal = /"((?:[^"\\]|\\.)*)"(\s*:)?/g
/** Numbers that spell out a text or stand for one. */
const spelledOut = /(?<="(?:bytes|embedding)"\s*:\s*\[)[^\]]*/g

/**
 * Replaces every text of an answer by filler of the same length, so that the answer still decodes. Pure.
 *
 * Names of members, numbers and the few texts that belong to the protocol (ids, roles, finish reasons) stay. What
 * cannot be read as the JSON it should be, such as the last record of a cut stream, keeps only its punctuation.
 * Arguments of tool calls, JSON within a text, become filler too and do not parse any more.
 *
 * @param body One character a byte (latin1), so that lengths are bytes.
 */
export function removeContents(body: string, contentType: string): string {
  if (/^text\/event-stream\b/i.test(contentType)) return body.split('\n').map(streamLine).join('\n')
  return /\bjson\b/i.test(contentType) ? jsonText(body) : blank(body)
}

function streamLine(line: string): string {
  const data = /^(data: ?)(.*?)(\r?)$/.exec(line)
  if (!data) return /^(?:event|id|retry)?:|^\r?$/.test(line) ? line : blank(line)
  const [, field = '', value = '', end = ''] = data
  return value === '[DONE]' ? line : field + jsonText(value) + end
}

function jsonText(text: string): string {
  if (!isJson(text)) return blank(text)
  let member = ''
  return text
    .replace(literal, (whole, inner: string, colon: string | undefined) => {
      if (colon !== undefined) {
        member = inner
        return whole
      }
      return structural.has(member) ? whole : `"${filler(inner.length)}"`
    })
    .replace(spelledOut, numbers => numbers.replaceAll(/\d/g, '1'))
}

/** Words of four letters, so that it reads and tokenises like text. */
function filler(length: number): string {
  return 'word '.repeat(Math.ceil(length / 5)).slice(0, length)
}

function blank(text: string): string {
  return text.replaceAll(/[^\s{}[\]":,]/g, 'x')
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // Cut off or malformed; then nothing of it can be told apart.
    return false
  }
}
