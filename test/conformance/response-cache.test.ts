import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { openResponseCache } from '../../src/router/response-cache/response-cache.ts'
import { answering, ask, bodyOf, openTestRouter, recordsOf } from '../router/open-test-router.ts'
import { endpointOf } from '../support/endpoint-of.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'

const cached = { 'x-openrouter-cache': 'true', 'x-openrouter-metadata': 'enabled' }

describe('19. a hit of the response cache', () => {
  it('uses nothing, has an id of its own and no part in what is measured', async () => {
    await using folder = await makeTemporaryFolder()
    const responseCache = await openResponseCache({ folder: folder.path, maxBytes: 1e6 })
    const endpoint = endpointOf({ provider: 'a', input: 1 })
    await using router = await openTestRouter([endpoint], { a: answering('Hello you') }, { responseCache })
    const measured = async () => (await bodyOf(router.get('/api/v1/models/acme/one/endpoints'))).data
    const source = await bodyOf(router.post(ask(), cached))
    const before = await measured()
    // The answer is stored behind the caller's back.
    await expect
      .poll(async () => (await readdir(folder.path)).some(name => name.endsWith('.json')))
      .toBe(true)
    const response = await router.post(ask(), cached)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-openrouter-cache-status': 'HIT',
      'x-openrouter-cache-age': '0',
      'x-openrouter-cache-ttl': '300',
      'x-openrouter-cache-source-id': source.id,
    })
    const hit = await bodyOf(response)
    expect(hit.id).not.toBe(source.id)
    expect(hit.id).toBe(response.headers.get('x-generation-id'))
    expect(hit.choices).toEqual(source.choices)
    expect(hit.usage).toMatchObject({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, cost: 0 })
    expect(hit).not.toHaveProperty('openrouter_metadata')
    expect(await measured()).toEqual(before)
    expect(router.calls).toHaveLength(1)
    const { data } = await bodyOf(router.get(`/api/v1/generation?id=${hit.id}`))
    expect(data).toMatchObject({
      id: hit.id,
      response_cache_source_id: source.id,
      provider_name: 'A Cloud',
      model: 'acme/one',
      finish_reason: 'stop',
      native_tokens_prompt: 0,
      total_cost: 0,
      provider_responses: [],
    })
    const { requests, attempts } = await recordsOf(router.sink, 2)
    expect(requests[1]).toMatchObject({ response_cache: 'hit', attempts: 0, cost_usd: 0n, charged_usd: 0n })
    expect(attempts).toHaveLength(1)
  })
})
