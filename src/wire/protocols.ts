import type { Provider } from '../catalog/index.ts'
import { openaiProtocol } from './openai/protocol.ts'
import type { WireProtocol } from './protocol.ts'

/** Every protocol that is spoken, by its name in the catalogue. */
export const wireProtocols: Readonly<Partial<Record<Provider['wire'], WireProtocol>>> = Object.freeze({
  openai: openaiProtocol,
})
