import { validateHeaderName, validateHeaderValue } from 'node:http'

/** What HTTP cannot carry of these headers, as a message without any value; null: all can be sent. Pure. */
export function headerProblem(headers: Readonly<Record<string, string>>): string | null {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    } catch {
      // Node's own message can quote the value, which may be a key.
      return `header ${JSON.stringify(name)} has a name or value that HTTP cannot carry`
    }
  }
  return null
}
