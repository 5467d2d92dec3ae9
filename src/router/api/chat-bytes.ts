import { asObject, parseJson } from '../../wire/index.ts'
import type { Operation } from '../call.ts'
import { deepestNesting, isDeeperThan } from '../nesting.ts'
import { chatOfCompletion } from './completion-request.ts'

/** A body that `parseChatRequest` can judge, or what the route's own fields have wrong. */
export type ChatBytesResult =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly problem: string }

/**
 * The body of a call as that of a chat request: untouched for chat completions. What is no JSON object, or too deep to
 * be written again, stays as it is and is refused where chat requests are. Pure.
 */
export function chatBytes(operation: Operation, bytes: Buffer): ChatBytesResult {
  if (operation === 'chat' || isDeeperThan(deepestNesting, bytes)) return { ok: true, bytes }
  const body = asObject(parseJson(bytes.toString('utf8')))
  if (!body) return { ok: true, bytes }
  const translated = chatOfCompletion(body)
  return translated.ok ? { ok: true, bytes: Buffer.from(JSON.stringify(translated.body)) } : translated
}
