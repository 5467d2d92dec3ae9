import { messageOf, UserError } from '../../core/index.ts'
import { noLosses, type RoleLosses, type RoleMessage, type RoleOrder } from './role-process.ts'

/** A part that has started. */
export interface StartedRole<Definition> {
  readonly url: string
  /** Exchanges what can be exchanged while it runs. */
  reload?(definition: Definition): void
  /** The longest that `close` waits for work of others. Default 0. */
  closesWithinMs?(): number
  /** Ends it in order and tells what it lost; parts without records tell nothing. */
  close(): Promise<RoleLosses | void>
}

/**
 * The child's side of `startRole`: takes the configuration, starts, reports, and stops when told to
 * or when the parent is gone. Ctrl-C, SIGHUP of a terminal, and SIGTERM from `timeout`, systemd and containers, reach the whole process group;
 * only the parent decides what they mean.
 */
export function serveRole<Config extends object, Definition = never>(
  start: (config: Config) => Promise<StartedRole<Definition>>,
): void {
  const tell = (message: RoleMessage) => process.send?.(message)
  let started: StartedRole<Definition> | null = null
  let stopping: Promise<void> | null = null

  async function begin(config: Config): Promise<void> {
    try {
      started = await start(config)
      tell({ kind: 'ready', url: started.url })
    } catch (thrown) {
      tell(failureOf(thrown))
    }
  }

  async function stop(): Promise<void> {
    if (process.connected) tell({ kind: 'stopping', withinMs: started?.closesWithinMs?.() ?? 0 })
    const losses = (await started?.close()) ?? noLosses
    // Without a parent there is nobody to tell.
    if (process.connected) await tellAndWait({ kind: 'stopped', losses })
    process.exit(0)
  }
  function reload(definition: Definition): void {
    try {
      started?.reload?.(definition)
      tell({ kind: 'reloaded' })
    } catch (thrown) {
      tell(failureOf(thrown))
    }
  }
  process.on('SIGINT', () => undefined)
  process.on('SIGHUP', () => undefined)
  // Told to stop and left by its parent, or told twice: it ends once.
  const stopOnce = () => void (stopping ??= stop())
  process.on('SIGTERM', () => {
    if (!process.connected) stopOnce()
  })
  process.on('disconnect', stopOnce)
  process.on('message', (message: RoleOrder<Config, Definition>) => {
    if (message.kind === 'stop') return stopOnce()
    if (message.kind === 'reload') return reload(message.definition)
    return void begin(message.config)
  })
}

/** `process.exit` would cut off a message that is still on its way. */
function tellAndWait(message: RoleMessage): Promise<void> {
  return new Promise(resolve => process.send?.(message, undefined, undefined, () => resolve()) ?? resolve())
}

function failureOf(thrown: unknown): RoleMessage {
  const { code, hint, problems } =
    thrown instanceof UserError ? thrown : { code: null, hint: '', problems: [] }
  return { kind: 'failed', message: messageOf(thrown), code, hint, problems }
}
