// Records on disk and in ClickHouse: the journal that takes them, the upload that moves each exactly once, the
// schema, and one client for a server and for the embedded engine. Never measures, never decides, never reports.
export { type EmbeddedStore, startEmbeddedStore } from './embedded/start.ts'
export { findEmbeddedStore } from './embedded/find.ts'
export { type Journal, openJournal } from './journal.ts'
export { type MigrationStatus, migrate, migrationStatus } from './migrate.ts'
export { recoverJournal } from './recover.ts'
export { listSegments, type Segment, segmentPath } from './segment-name.ts'
export { openStore, type Store } from './store.ts'
export { parseStoreUrl } from './store-url.ts'
export { storeTables } from './tables.ts'
export { type Uploaded, uploadJournal } from './upload.ts'
export { type JournalWatch, watchJournal } from './watch.ts'
export { lockWriter } from './writer-lock.ts'
