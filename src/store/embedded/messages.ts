/** What the store's process tells its parent once: where it answers, or why it could not start. */
export type StartMessage =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'locked'; readonly pid: number | null }
  | { readonly kind: 'port_in_use' }
  | { readonly kind: 'failed'; readonly reason: string }

/** Whether a value that came over the channel is a start message. */
export function isStartMessage(value: unknown): value is StartMessage {
  return typeof value === 'object' && value !== null && 'kind' in value
}
