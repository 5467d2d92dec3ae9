import { request } from 'undici'
import { messageOf, UserError } from '../../core/index.ts'
import type { Scenario } from '../../scenario/index.ts'

/** Longest wait for any answer at all. */
const patienceMs = 10_000

/**
 * Asks the API of each arm that has its own for anything, so that a wrong address is told before a run is spent on it. Every HTTP answer
 * counts, whatever its status. @throws UserError E_TARGET_UNREACHABLE
 */
export async function requireReachable({ arms }: Scenario): Promise<void> {
  const origins = arms.flatMap(({ target }) =>
    target.kind === 'url' ? [new URL(target.baseUrl).origin] : [],
  )
  await Promise.all([...new Set(origins)].map(knock))
}

async function knock(origin: string): Promise<void> {
  try {
    const { body } = await request(origin, {
      headersTimeout: patienceMs,
      signal: AbortSignal.timeout(patienceMs),
    })
    await body.dump()
  } catch (cause) {
    throw new UserError(`nothing answers at ${origin}: ${messageOf(cause)}`, {
      code: 'E_TARGET_UNREACHABLE',
      hint: 'Check base_url in the scenario, and that the API is up and can be reached from here.',
      cause,
    })
  }
}
