import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until a number has stopped to grow. */
export async function settled(read: () => number): Promise<number> {
  for (let before = -1, rest = 0; ; before = read()) {
    rest = before === read() ? rest + 1 : 0
    if (rest === 4) return before
    await sleep(25)
  }
}
