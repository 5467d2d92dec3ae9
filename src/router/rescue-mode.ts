/**
 * What becomes of an answer that breaks off after its first token: `off`, it ends with an error; `restart`, another
 * attempt answers anew behind a mark; `resume`, another attempt goes on with the text.
 */
export const rescueModes = ['off', 'restart', 'resume'] as const

export type RescueMode = (typeof rescueModes)[number]

/** The wish of a call, as its header has it, else the setting. Unknown words are no wish. Pure. */
export function rescueModeOf(wish: string, setting: RescueMode): RescueMode {
  return rescueModes.find(mode => mode === wish.trim().toLowerCase()) ?? setting
}
