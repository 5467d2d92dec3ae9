import { describe, expect, it } from 'vitest'
import { expandBaseUrl } from '../../src/catalog/index.ts'

describe('expandBaseUrl', () => {
  it('leaves a URL without variables alone', () => {
    expect(expandBaseUrl('https://api.example/v1', {})).toEqual({ ok: true, url: 'https://api.example/v1' })
  })

  it('fills every variable, encoded', () => {
    const variables = { REGION: 'eu-west', ACCOUNT: 'a/b' }
    const url = `https://\${REGION}.example/\${ACCOUNT}/\${REGION}`
    expect(expandBaseUrl(url, variables)).toEqual({ ok: true, url: 'https://eu-west.example/a%2Fb/eu-west' })
  })

  it('names each missing or empty variable once', () => {
    const url = `https://\${A}.example/\${B}/\${A}/\${C}`
    expect(expandBaseUrl(url, { B: 'b', C: '' })).toEqual({ ok: false, missing: ['A', 'C'] })
  })
})
