import type { Clock } from '../core/index.ts'
import type { RecordSink } from '../record/index.ts'
import { type Journal, openJournal } from '../store/index.ts'
import { createOtlpExporter, createTracingSink, parseOtlpTarget } from '../telemetry/index.ts'
import type { RoleLosses } from './roles/role-process.ts'
import { readVersion } from './version.ts'

/** A journal with spans: what engines write their records to. */
export interface Records {
  readonly sink: RecordSink
  readonly journal: Journal
  /** Rows that did not reach the disk and spans that could not be exported, so far. */
  losses(): RoleLosses
  /** Delivers spans, seals the journal and gives up the writer's name. */
  close(): Promise<void>
}

/** Where records go and who writes them. */
export interface RecordsOptions {
  /** Folder of the journal. */
  readonly folder: string
  /** Name of the writer in that folder, also in the service name of its spans. */
  readonly writer: string
  readonly clock: Clock
  /** OTLP export is configured by OpenTelemetry's own variables. */
  readonly env: NodeJS.ProcessEnv
}

/** Opens a journal whose records also become spans, exported when the environment names an endpoint. */
export async function openRecords({ folder, writer, clock, env }: RecordsOptions): Promise<Records> {
  const target = parseOtlpTarget(env)
  const resource = {
    serviceName: env['OTEL_SERVICE_NAME'] ?? `routebench-${writer}`,
    serviceVersion: readVersion(),
  }
  const exporter = target && createOtlpExporter({ ...target, resource })
  const journal = await openJournal({ dir: folder, writer, clock })
  const sink = createTracingSink({ sink: journal, exporter, resource })
  return {
    sink,
    journal,
    losses: () => ({ records: journal.dropped(), spans: exporter?.dropped() ?? 0 }),
    close: () => sink.close(),
  }
}
