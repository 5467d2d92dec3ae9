import type { ChatRequest } from './chat-request.ts'

/** Whether a model is one of the `:free` ones, which have limits of their own. Pure. */
export function isFreeModel(modelId: string): boolean {
  return modelId.endsWith(':free')
}

/** Whether a request counts against the limits of free models when it comes: its first candidate is one. Pure. */
export function asksFreeModel({ route }: ChatRequest): boolean {
  return isFreeModel(route.models[0]?.modelId ?? '')
}
