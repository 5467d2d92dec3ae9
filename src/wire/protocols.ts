import type { Provider } from '../catalog/index.ts'
import { anthropicProtocol } from './anthropic/protocol.ts'
import { geminiProtocol } from './gemini/protocol.ts'
import { openaiProtocol } from './openai/protocol.ts'
import type { WireProtocol } from './protocol.ts'

/** Every protocol, by its name in the catalogue. */
export const wireProtocols: Readonly<Record<Provider['wire'], WireProtocol>> = Object.freeze({
  openai: openaiProtocol,
  anthropic: anthropicProtocol,
  gemini: geminiProtocol,
})
