// The process of the embedded store: owns chDB on one folder and answers ClickHouse's HTTP interface on
// loopback. Started by `startEmbeddedStore` with the data folder and the port; ends when its parent does.
import { serveEmbeddedStore } from './embedded/serve.ts'

const [dataDir, port] = process.argv.slice(2)
if (dataDir === undefined || port === undefined) throw new Error('usage: main.ts <data folder> <port>')
await serveEmbeddedStore({ dataDir, port: Number(port) })
