import { type Columns, maxLabelChars, maxTextChars } from './column.ts'
import { recordTables, schemaVersion } from './tables.ts'

/**
 * The text of docs/records.md: every column of every record table with type, unit and meaning.
 * Pure; a test keeps the committed file equal to it.
 */
export function recordsMarkdown(): string {
  const tables = [
    ...tableLines('requests', 'One row per request and vantage: what the caller saw.', recordTables.requests),
    ...tableLines('attempts', 'One row per upstream call, measured by the router.', recordTables.attempts),
    ...tableLines(
      'runs',
      'One row per state of a run; the row with the highest `version` counts.',
      recordTables.runs,
    ),
    ...tableLines(
      'endpoint_states',
      "One row per change of an endpoint's state, as one router saw it; an endpoint of which there is none is `closed`.",
      recordTables.endpoint_states,
    ),
  ]
  return [
    '# Records',
    '',
    `The tables that facts are kept in, schema version ${schemaVersion}. Generated from \`src/record\`; do not edit.`,
    '',
    'The same columns are the JSON rows of the journal (`*.ndjson`) and the ClickHouse tables.',
    'Times are UTC, durations integer microseconds, money an exact decimal of USD with 12 places.',
    'Null means "not known" or "did not happen"; it never stands for zero.',
    `Values from outside always fit: text is well-formed Unicode, cut after ${maxTextChars} characters (\`LowCardinality\` text`,
    `after ${maxLabelChars}, JSON never). A number or an amount that its column cannot hold is null where the column has null; elsewhere`,
    'it is held to the nearest bound.',
    ...tables,
    '',
  ].join('\n')
}

function tableLines(name: string, introduction: string, columns: Columns): readonly string[] {
  const rows = Object.entries(columns).map(
    ([column, { clickhouse, unit, meaning }]) =>
      `| \`${column}\` | ${typeOf(clickhouse)} | ${unit} | ${meaning} |`,
  )
  return [
    '',
    `## ${name}`,
    '',
    introduction,
    '',
    '| column | type | unit | meaning |',
    '|---|---|---|---|',
    ...rows,
  ]
}

/** The type without its codec; a closed set as its names. */
function typeOf(clickhouse: string): string {
  const type = clickhouse.replace(/ CODEC\(.*$/, '')
  const names = [...type.matchAll(/'(\w+)' = \d+/g)].map(match => match[1])
  return names.length > 0 ? `one of ${names.map(one => `\`${one}\``).join(', ')}` : `\`${type}\``
}
