import * as c from './column.ts'
import * as n from './names.ts'

/** Columns of `endpoint_states`: one row per change of what a router thinks of an endpoint. */
export const endpointStateColumns = {
  ts: c.time('When the state changed.', 'UTC, µs'),
  run_id: c.label('Run it belongs to; empty for live traffic.'),
  router: c.label('Name of the router that saw it; a run may have two.'),
  provider: c.label('Provider of the endpoint.'),
  model: c.label('Model id it serves.'),
  endpoint: c.label('Endpoint.'),
  from_state: c.oneOf(n.endpointStates, 'State until then.'),
  to_state: c.oneOf(n.endpointStates, 'State from then on.'),
  reason: c.text('Why it changed.'),
  until: c.optionalTime('When the state ends by itself; null when only an answer can end it.', 'UTC, µs'),
  request_id: c.uuid('Request whose attempt changed it; the nil UUID when time did.'),
  schema_version: c.uint16('Version of this table.'),
}

/** One row of `endpoint_states`. */
export type EndpointStateRecord = c.RowOf<typeof endpointStateColumns>
