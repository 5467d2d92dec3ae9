import { fillerText } from './filler-text.ts'
import type { PlannedMessage, PlannedRequest } from './plan.ts'

/**
 * The messages of a request as they are sent. Literal text is taken as it is, filler is made from its key.
 * Pure: the same plan gives the same bytes.
 */
export function renderMessages(
  request: Pick<PlannedRequest, 'messages'>,
): { readonly role: PlannedMessage['role']; readonly content: string }[] {
  return request.messages.map(({ role, parts }) => ({
    role,
    content: parts
      .map(part => (part.kind === 'text' ? part.text : fillerText(part.key, part.tokens)))
      .join(''),
  }))
}
