/**
 * What reports need of a store: one query at a time, rows as objects.
 * Parameters use ClickHouse's placeholders (`{run_id:String}`). 64-bit integers and decimals may arrive as text.
 */
export interface RecordReader {
  query<Row>(sql: string, params?: Readonly<Record<string, unknown>>): Promise<readonly Row[]>
}
