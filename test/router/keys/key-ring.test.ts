import { describe, expect, it } from 'vitest'
import { createKeyRing, hashKey, localCaller } from '../../../src/router/keys/key-ring.ts'
import { keyOf } from './key-of.ts'

const nowMs = Date.parse('2026-11-20T12:00:00Z')
const ring = createKeyRing([
  keyOf('team-a'),
  keyOf('admin', { kind: 'management' }),
  keyOf('off', { disabled: true }),
  keyOf('over', { expiresAtMs: nowMs }),
  keyOf('soon', { expiresAtMs: nowMs + 1 }),
])

describe('createKeyRing', () => {
  it.each([
    ['Bearer rb-team-a', 'team-a'],
    ['bearer  rb-team-a ', 'team-a'],
    ['Bearer rb-admin', 'admin'],
    ['Bearer rb-soon', 'soon'],
  ])('knows the sender of %j as %s', (header, name) => {
    expect(ring.authenticate(header, nowMs)).toMatchObject({
      ok: true,
      caller: { name, id: hashKey(`rb-${name}`) },
    })
  })

  it.each([
    [undefined, 'Missing Authentication header'],
    ['', 'Missing Authentication header'],
    ['Basic cmItdGVhbS1h', 'Invalid Authentication header: it must be `Bearer <key>`'],
    ['Bearer', 'Invalid Authentication header: it must be `Bearer <key>`'],
    ['Bearer rb-team-a rb-admin', 'Invalid Authentication header: it must be `Bearer <key>`'],
    ['Bearer rb-nobody', 'Invalid API key'],
    [`Bearer ${hashKey('rb-team-a')}`, 'Invalid API key'],
    ['Bearer rb-off', 'This API key is disabled'],
    ['Bearer rb-over', 'This API key has expired'],
  ])('refuses %j with 401: %s', (header, message) => {
    expect(ring.authenticate(header, nowMs)).toMatchObject({
      ok: false,
      error: { status: 401, errorType: 'authentication', fault: 'client', message },
    })
  })

  it('takes everyone for the local caller where there are no keys', () => {
    for (const header of [undefined, 'Bearer sk-anything', 'nonsense']) {
      expect(createKeyRing([]).authenticate(header, nowMs)).toEqual({ ok: true, caller: localCaller })
    }
  })
})

describe('hashKey', () => {
  it('is the SHA-256 of the text, as sha256sum prints it', () => {
    expect(hashKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
})
