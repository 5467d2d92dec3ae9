import { createServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type Server } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openConfiguredStore } from '../../src/cli/open-configured-store.ts'
import { migrate, openStore, type Store } from '../../src/store/index.ts'

async function listen(server: Server): Promise<string> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://me:secret@127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
}

async function httpUrl(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  onTestFinished(() => server.close().closeAllConnections())
  return await listen(server)
}

async function open(url: string): Promise<unknown> {
  return await openConfiguredStore({ env: { CLICKHOUSE_URL: url }, folder: '/nowhere' }).catch(
    (thrown: unknown) => thrown,
  )
}

describe('openConfiguredStore', () => {
  it.each([
    [200, ''],
    [200, 'Ok.\n'],
    [200, '<html>welcome</html>'],
    [200, '{"1":2}\n'],
    [302, ''],
    [401, 'who are you?'],
    [404, '<html>not here</html>'],
    [500, 'oops'],
  ])('says that what answers %i %j is no ClickHouse', async (status, body) => {
    const url = await httpUrl((request, response) => {
      request.resume()
      response.writeHead(status, { location: '/login' }).end(body)
    })
    const error = await open(url)
    expect(error).toMatchObject({ code: 'E_STORE_UNREACHABLE' })
    expect(String(error)).toContain('answers, but is no ClickHouse')
    expect(String(error)).not.toContain('secret')
  })

  it('says that what speaks another protocol is no ClickHouse', async () => {
    const server = createTcpServer(socket => socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9.9\r\n'))
    onTestFinished(() => void server.close())
    expect(await open(await listen(server))).toMatchObject({ code: 'E_STORE_UNREACHABLE' })
  })

  it('gives up after 5 s on what accepts and never answers', { timeout: 9000 }, async () => {
    const error = await open(await httpUrl(request => void request.resume()))
    expect(error).toMatchObject({
      code: 'E_STORE_UNREACHABLE',
      message: expect.stringContaining('nothing within 5 s'),
    })
  })
})

describe('migrate', () => {
  it('refuses a store that accepts every statement and has none of the steps', async () => {
    const store: Store = await openStore({
      url: await httpUrl((request, response) => {
        request.resume()
        response.end()
      }),
    })
    onTestFinished(() => store.close())
    await expect(migrate(store)).rejects.toMatchObject({ code: 'E_STORE_SCHEMA' })
  })
})
