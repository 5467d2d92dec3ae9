import { epochMs } from '../inbound.ts'
import { accountRefusal, activityBody, creditsBody } from '../keys/account-bodies.ts'
import type { AdmissionContext } from '../keys/admission.ts'
import { keyBody } from '../keys/key-body.ts'
import { found, type KnownRead, type ReadAnswer, refused } from './read.ts'

/** `GET /key`: what the caller's own key may do and has done. */
export function readKey(read: KnownRead): ReadAnswer {
  return found({ data: keyBody(read.caller, accountOf(read)) })
}

/** `GET /credits`, for management keys. */
export function readCredits(read: KnownRead): ReadAnswer {
  return refusalOf(read) ?? found({ data: creditsBody(accountOf(read)) })
}

/** `GET /activity`, for management keys. */
export function readActivity(read: KnownRead): ReadAnswer {
  const refusal = refusalOf(read)
  if (refusal) return refusal
  const { query } = read
  const unknown = ['user_id', 'group_by', 'workspace_id'].find(name => query.has(name))
  if (unknown !== undefined) {
    return refused('invalid_request', `${unknown}: not supported, the router has no users and no workspaces`)
  }
  const asked = { date: query.get('date'), apiKeyHash: query.get('api_key_hash') }
  const data = activityBody(asked, accountOf(read))
  return data ? found({ data }) : refused('invalid_request', 'date: none of the last 30 completed UTC days')
}

function refusalOf({ caller }: KnownRead): ReadAnswer | null {
  const error = accountRefusal(caller)
  return error && { ok: false, error }
}

function accountOf({ context }: KnownRead): AdmissionContext {
  const { ledger, settings } = context
  return { ledger, credits: settings.callers.credits, nowMs: epochMs(context) }
}
