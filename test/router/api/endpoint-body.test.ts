import { describe, expect, it } from 'vitest'
import { createEndpointStatistics } from '../../../src/health/health-windows.ts'
import { unknownHealth } from '../../../src/health/endpoint-health.ts'
import { endpointBody } from '../../../src/router/api/endpoint-body.ts'
import { catalogOf, endpointOf } from '../../support/endpoint-of.ts'

const endpoint = endpointOf({ provider: 'a', parameters: ['tools', 'seed'] })
const [model] = catalogOf([endpoint]).models.values()
const windows = createEndpointStatistics({ outageWindowMs: 30_000, metricsWindowMs: 300_000 }).windows(0)

function bodyWith(more: { uptime?: number; errors?: number; successes?: number; isCallable?: boolean }) {
  if (!model) throw new Error('no model')
  const { uptime = null, errors = 0, successes = 0, isCallable = true } = more
  return endpointBody(model, endpoint, {
    health: { ...unknownHealth, recentErrors: errors, recentSuccesses: successes },
    windows: { ...windows, uptime_last_30m: uptime },
    isCallable,
  })
}

describe('endpointBody', () => {
  it.each([
    ['nothing measured', {}, 0],
    ['uptime 95', { uptime: 95, errors: 9 }, 0],
    ['uptime 94.99', { uptime: 94.99 }, -1],
    ['uptime 80', { uptime: 80 }, -1],
    ['uptime 79.99', { uptime: 79.99 }, -2],
    ['too few attempts and a recent outage', { errors: 1, successes: 1 }, -1],
    ['too few attempts and one error of many', { errors: 1, successes: 2 }, 0],
    ['no key', { isCallable: false, uptime: 100 }, -10],
  ])('has for %s the status %s', (_name, state, status) => {
    expect(bodyWith(state)).toMatchObject({ status })
  })

  it('knows of tool_choice no more than the catalogue does', () => {
    const supports = { auto: true, none: false, required: false, function: false }
    expect(bodyWith({})).toMatchObject({ supports_tool_choice: supports, supports_implicit_caching: false })
  })
})
