/** A law that every single request must keep, and what must be known to check it. */
export interface Law {
  readonly name: string
  readonly meaning: string
  /** `client`, `router`: that side recorded. `done`: the run ended by itself. */
  readonly needs: readonly ('client' | 'router' | 'done')[]
  /** SQL over `per_request`, true where the law is broken. */
  readonly broken: string
}

/** Conservation between the records of one request. */
export const requestLaws: readonly Law[] = [
  {
    name: 'client_once',
    meaning: 'a request has at most one client record',
    needs: ['client'],
    broken: 'clients > 1',
  },
  {
    name: 'router_once',
    meaning: 'a request that our router answered has exactly one router record',
    needs: ['client', 'router'],
    // A request without any answer may have died on its way to the router.
    broken: `clients > 0 AND (routers > 1 OR (routers = 0 AND router_expected > 0))`,
  },
  {
    name: 'client_known',
    meaning: 'a router record belongs to a client record',
    // When the replayer was stopped, the router still ends what it had begun.
    needs: ['client', 'router', 'done'],
    broken: 'routers > 0 AND clients = 0',
  },
  {
    name: 'attempts',
    meaning: 'attempts of the router record = attempt records',
    needs: ['router'],
    broken: '(routers > 0 AND declared != tries) OR (routers = 0 AND tries > 0)',
  },
  {
    name: 'winner',
    meaning:
      'at most one attempt wins, and exactly one when the request succeeded without the response cache',
    needs: ['router'],
    broken: 'winners > 1 OR (router_ok > 0 AND winners = 0)',
  },
  {
    name: 'cost',
    meaning: "a request's cost = the sum of its attempts' costs; unknown only when an attempt's is",
    needs: ['router'],
    broken:
      'routers = 1 AND tries > 0 AND if(routers_unpriced > 0, tries_unpriced = 0, tries_unpriced > 0 OR cost_balance != 0)',
  },
  {
    name: 'tokens',
    meaning: "a client's token counts = the winning attempt's",
    needs: ['client', 'router'],
    // A side that was told no usage cannot differ.
    broken: 'clients = 1 AND winners = 1 AND token_sides = 2 AND token_balance != 0',
  },
]
