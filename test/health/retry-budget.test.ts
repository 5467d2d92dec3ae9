import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRetryBudget } from '../../src/health/index.ts'

describe('createRetryBudget', () => {
  it('has its reserve at first, saves up to it, and pays a retry for every ten requests', () => {
    const budget = createRetryBudget({ perRequest: 0.1, reserve: 2 })
    for (let i = 0; i < 100; i++) budget.earn()
    for (let i = 0; i < 2; i++) budget.spend()
    expect(budget.allows()).toBe(false)
    for (let i = 0; i < 9; i++) budget.earn()
    expect(budget.allows()).toBe(false)
    budget.earn()
    expect(budget.allows()).toBe(true)
  })

  it('owes for attempts that did not wait for it, no more than its reserve', () => {
    const budget = createRetryBudget({ perRequest: 0.5, reserve: 1 })
    for (let i = 0; i < 5; i++) budget.spend()
    for (let i = 0; i < 3; i++) budget.earn()
    expect(budget.allows()).toBe(false)
    budget.earn()
    expect(budget.allows()).toBe(true)
  })

  it('never lets more be spent than its reserve and its share of requests', () => {
    const share = fc.constantFrom(0, 0.1, 0.25, 1)
    const property = fc.property(share, fc.nat(20), fc.array(fc.boolean()), (perRequest, reserve, steps) => {
      const budget = createRetryBudget({ perRequest, reserve })
      let requests = 0
      let paid = 0
      for (const isRequest of steps) {
        if (isRequest) {
          budget.earn()
          requests++
        } else if (budget.allows()) {
          budget.spend()
          paid++
        }
        expect(paid).toBeLessThanOrEqual(reserve + perRequest * requests + 1e-6)
      }
    })
    fc.assert(property)
  })

  it('holds attempts at 1.1 a request in the long run when every request wants ten retries', () => {
    const budget = createRetryBudget({ perRequest: 0.1, reserve: 10 })
    const requests = 10_000
    let attempts = requests
    for (let i = 0; i < requests; i++) {
      budget.earn()
      for (let retry = 0; retry < 10 && budget.allows(); retry++) {
        budget.spend()
        attempts++
      }
    }
    expect(attempts / requests).toBeCloseTo(1.1, 2)
  })
})
