import type { Catalog } from '../catalog/index.ts'
import type { Clock, Rng } from '../core/index.ts'
import type { RecordSink } from '../record/index.ts'
import type { HttpPool } from '../wire/index.ts'
import type { AttemptBudgets } from './attempt-budgets.ts'
import type { Generations } from './generations.ts'
import type { HealthBoard } from './health-board.ts'
import type { KeyRing } from './keys/key-ring.ts'
import type { Ledger } from './keys/ledger.ts'
import type { PinTable } from './pin-table.ts'
import type { PdfReader } from './plugins/pdf-reader.ts'
import type { FrontDoor } from './queues/front-door.ts'
import type { ProviderQueues } from './queues/provider-queues.ts'
import type { ResponseCache } from './response-cache/response-cache.ts'
import type { RouterSettings } from './settings.ts'
import type { StateBoard } from './state-board.ts'
import type { UpstreamResolver } from './upstream.ts'

/**
 * What the parts of one router share. It never changes: a reload makes another one over the same state, so that a request
 * sees one configuration from its beginning to its end.
 */
export interface RouterContext {
  readonly catalog: Catalog
  readonly clock: Clock
  readonly rng: Rng
  readonly sink: RecordSink
  readonly upstream: UpstreamResolver
  readonly settings: RouterSettings
  readonly pool: HttpPool
  /** Whether the router takes one request more. */
  readonly door: FrontDoor
  /** Places at providers. */
  readonly queues: ProviderQueues
  readonly health: HealthBoard
  /** In which state health was last seen to have each endpoint. */
  readonly states: StateBoard
  /** What may be spent on further attempts. */
  readonly budgets: AttemptBudgets
  readonly pins: PinTable
  readonly generations: Generations
  /** Who may call. */
  readonly keys: KeyRing
  /** What callers have spent. */
  readonly ledger: Ledger
  /** Answers that may be given again; null: off. */
  readonly responseCache: ResponseCache | null
  readonly pdf: PdfReader
  /** Told about exceptions that should not happen; the caller gets a masked 500. */
  readonly onDefect: (error: unknown) => void
}
