/** How a caller asks, and what is to become of a stream that breaks off. */
export type Mode = 'unary' | 'stream' | 'stream, restart' | 'stream, resume'

/** Rescue is about answers that break off; other faults are asked for without it. */
export const plainModes: readonly Mode[] = ['unary', 'stream']
export const allModes: readonly Mode[] = [...plainModes, 'stream, restart', 'stream, resume']
