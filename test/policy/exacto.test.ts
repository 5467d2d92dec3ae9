import { describe, expect, it } from 'vitest'
import { qualityTiers } from '../../src/policy/exacto.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { flat, idleHealth } from './ranking.ts'

interface Numbers {
  readonly speed?: number
  readonly bad?: number
  readonly requests?: number
  readonly toolRequests?: number
}

function healthOf({ speed = 100, bad = 4, requests = 100, toolRequests = 200 }: Numbers) {
  return {
    ...idleHealth,
    requestsIn30Min: requests,
    tokensPerSecond: flat(speed),
    toolCallRequests: toolRequests,
    badToolCallRequests: bad,
  }
}

function tiersOf(list: readonly Numbers[], providers = list.map((_, index) => `p${index}`)) {
  const peers = list.map((numbers, index) => ({
    endpoint: endpointOf({ provider: providers[index] ?? 'p' }),
    health: healthOf(numbers),
  }))
  const tierOf = qualityTiers(peers)
  return peers.map(({ health }) => tierOf(health))
}

describe('qualityTiers', () => {
  it.each([
    // Median 100, deviation 1.4826 · 10: slower than 77.76 is worse.
    ['slow', [{ speed: 77 }, { speed: 90 }, { speed: 100 }, { speed: 110 }, { speed: 120 }], [2, 0, 0, 0, 0]],
    [
      'slow, but not enough so',
      [{ speed: 78 }, { speed: 90 }, { speed: 100 }, { speed: 110 }, { speed: 120 }],
      [0, 0, 0, 0, 0],
    ],
    // Success 1 %-points apart: deviation 0.014826, worse is what is below 0.98 - 0.0297.
    ['bad at tool calls', [{ bad: 10 }, { bad: 6 }, { bad: 4 }, { bad: 2 }, { bad: 2 }], [2, 0, 0, 0, 0]],
    ['alike but for a hair', [{ speed: 99.9, bad: 5 }, {}, {}, {}], [0, 0, 0, 0]],
    ['one provider too few', [{ speed: 1, bad: 200 }, {}, {}], [1, 1, 1]],
    ['too few requests', [{ requests: 99 }, {}, {}, {}, {}], [1, 0, 0, 0, 0]],
    ['too few answers with tool calls', [{ toolRequests: 199 }, {}, {}, {}, {}], [1, 0, 0, 0, 0]],
    [
      'slow, and nothing known of its tool calls',
      [{ speed: 1, toolRequests: 0 }, {}, {}, {}, {}],
      [2, 0, 0, 0, 0],
    ],
  ])('judges an endpoint that is %s', (_name, list, expected) => {
    expect(tiersOf(list)).toEqual(expected)
  })

  it('counts providers, not endpoints', () => {
    expect(tiersOf([{ speed: 1 }, {}, {}, {}], ['p', 'p', 'q', 'r'])).toEqual([1, 1, 1, 1])
  })

  it('knows nothing without peers', () => {
    expect(qualityTiers([])(idleHealth)).toBe(1)
  })
})
