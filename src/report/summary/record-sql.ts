/** Phases whose requests count in metrics. */
const measuredPhases = `phase IN ('measure', 'live')`

/** Leaves probes out where all phases count: they are nobody's traffic. */
export const trafficSql = `phase != 'probe'`

/** `measured`: the requests that metrics are about, as their caller saw them. Answers of a response cache say nothing of models. */
export const measuredSql = `measured AS (
  SELECT * FROM requests
  WHERE run_id = {run_id:String} AND vantage = {vantage:String} AND ${measuredPhases} AND response_cache != 'hit')`

/** `routed`: what our router knew of the run's requests; empty for another target. */
export const routedSql = `routed AS (
  SELECT *, true AS known FROM requests WHERE run_id = {run_id:String} AND vantage = 'router')`

/** `routed_targets`: targets that are our router, because at least one of their requests has a router's row. */
export const routedTargetsSql = `routed_targets AS (
  SELECT DISTINCT target FROM requests
  WHERE run_id = {run_id:String} AND vantage = 'client' AND request_id IN (
    SELECT request_id FROM requests WHERE run_id = {run_id:String} AND vantage = 'router'))`

/** `tried`: attempts per request and how many failed. A hedge that lost was canceled, not failed. */
export const triedSql = `tried AS (
  SELECT request_id, countIf(outcome IN ('error', 'truncated')) AS failed
  FROM attempts WHERE run_id = {run_id:String} GROUP BY request_id)`

/** `tries`: the attempts made for measured requests. */
export const triesSql = `tries AS (
  SELECT * FROM attempts
  WHERE run_id = {run_id:String} AND request_id IN (SELECT request_id FROM measured))`
