import { describe, expect, it } from 'vitest'
import { parseStoreUrl } from '../../src/store/index.ts'

describe('parseStoreUrl', () => {
  it.each([
    [
      'http://localhost:8123',
      { url: 'http://localhost:8123', username: 'default', password: '', database: 'routebench' },
    ],
    [
      'https://me:p%40ss@db.example.com:8443/bench',
      { url: 'https://db.example.com:8443', username: 'me', password: 'p@ss', database: 'bench' },
    ],
    ['clickhouse://h:1/', { url: 'http://h:1', username: 'default', password: '', database: 'routebench' }],
    ['clickhouses://h:1', { url: 'https://h:1', username: 'default', password: '', database: 'routebench' }],
  ])('reads %s', (text, address) => {
    expect(parseStoreUrl(text)).toEqual(address)
  })

  it.each([
    'http://me:secret%zz@host',
    'http://%ff:secret@host',
    'http://me:secret@host/%',
    '',
    'localhost:8123',
    'ftp://me:secret@host',
    'http://me:secret@host/a-b',
    'http://me:secret@',
  ])('refuses %j without repeating it', text => {
    let error: unknown
    try {
      parseStoreUrl(text)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'E_CONFIG_INVALID' })
    expect(String(error)).not.toContain('secret')
  })
})
