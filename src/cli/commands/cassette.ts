import { createSystemClock, exitCodes } from '../../core/index.ts'
import { openPlayer, openRecorder, parseCassette } from '../../sim/index.ts'
import { readTextFile } from '../read-file.ts'
import { aborted } from './aborted.ts'
import type { CommandContext } from './context.ts'

/** What `routebench providers --record` is told. */
export interface RecordFlags {
  readonly port: number
  readonly record: string
  readonly out: string
  readonly recordContents?: true
}

/** What `routebench providers --replay` is told. */
export interface ReplayFlags {
  readonly port: number
  readonly replay: string
  readonly speed: number
}

/** Records a real API until stopped. */
export async function recordCassette(flags: RecordFlags, context: CommandContext): Promise<void> {
  const { stderr } = context
  const recorder = await openRecorder({
    upstream: flags.record,
    path: flags.out,
    clock: createSystemClock(),
    port: flags.port,
    keepContents: flags.recordContents ?? false,
  })
  const contents = flags.recordContents ? 'contents kept' : 'contents replaced by filler'
  stderr.write(`recording: ${recorder.url} stands for ${flags.record} · ${contents} · Ctrl-C stops\n`)
  await aborted(context.interrupted)
  await recorder.close()
  const missed = recorder.missed() === 0 ? '' : `, ${recorder.missed()} not kept`
  stderr.write(`${flags.out}: ${recorder.taken()} answers${missed}\n`)
  context.setExitCode(exitCodes.ok)
}

/** Serves a cassette until stopped. */
export async function replayCassette(flags: ReplayFlags, context: CommandContext): Promise<void> {
  const { stderr } = context
  const text = await readTextFile(flags.replay, 'cassette')
  const cassette = parseCassette({ file: flags.replay, text })
  const clock = createSystemClock()
  const player = await openPlayer({ cassette, clock, port: flags.port, speed: flags.speed })
  const { upstream } = cassette.header
  stderr.write(
    `replaying: ${player.url} stands for ${upstream} · ${cassette.takes.length} answers · Ctrl-C stops\n`,
  )
  await aborted(context.interrupted)
  await player.close()
  if (player.missed() > 0) stderr.write(`${player.missed()} requests that the cassette has no answer to\n`)
  context.setExitCode(exitCodes.ok)
}
