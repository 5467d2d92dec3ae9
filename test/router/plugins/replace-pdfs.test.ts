import { afterAll, describe, expect, it } from 'vitest'
import { createPdfReader } from '../../../src/router/plugins/pdf-reader.ts'
import { replacePdfs } from '../../../src/router/plugins/replace-pdfs.ts'

/** A PDF with one line of text on each page. */
function pdfOf(...pages: readonly string[]): Buffer {
  const kids = pages.map((_, index) => `${4 + index * 2} 0 R`).join(' ')
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...pages.flatMap((text, index) => {
      const content = `BT /F1 12 Tf 10 100 Td (${text}) Tj ET`
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents ${5 + index * 2} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      ]
    }),
  ]
  const body = objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`).join('')
  return Buffer.from(`%PDF-1.4\n${body}trailer << /Root 1 0 R /Size ${objects.length + 1} >>\n%%EOF`)
}

function withFile(file_data: string): object {
  const file = { type: 'file', file: { filename: 'a.pdf', file_data } }
  return { messages: [{ role: 'user', content: [{ type: 'text', text: 'Sum it up' }, file] }] }
}

const asDataUrl = (bytes: Buffer) => `data:application/pdf;base64,${bytes.toString('base64')}`

const from = (callerId: string, signal = new AbortController().signal) => ({ callerId, signal })

describe('replacePdfs', () => {
  const reader = createPdfReader({ timeoutMs: 20_000, maxWaiting: 4, idleMs: 1_000 })
  const read = (bytes: Uint8Array) => reader.read(bytes, from('a'))
  afterAll(() => reader.close())

  it('puts the text of every page where the file was', async () => {
    const result = await replacePdfs({ ...withFile(asDataUrl(pdfOf('Hello there', 'Page two'))) }, read)
    expect(result).toMatchObject({
      ok: true,
      body: {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Sum it up' },
              { type: 'text', text: '<file name="a.pdf">\nHello there\n\nPage two\n</file>' },
            ],
          },
        ],
      },
      stage: { name: 'file-parser', data: { files: [{ pages: 2 }] } },
    })
  })

  it('changes nothing where there is no file', async () => {
    const body = { messages: [{ role: 'user', content: 'Hello' }] }
    expect(await replacePdfs(body, read)).toEqual({ ok: true, body, stage: null })
  })

  it.each([
    ['an address', 'https://example.com/a.pdf', /expected file_data with data:application\/pdf/],
    ['something that is no PDF', asDataUrl(Buffer.from('hello')), /^file "a.pdf": /],
  ])('refuses %s', async (_name, data, problem) => {
    const result = await replacePdfs({ ...withFile(data) }, read)
    expect(result).toMatchObject({ ok: false, problem: expect.stringMatching(problem) })
  })

  it('gives up a file that takes too long, and reads the next one', async () => {
    const hasty = createPdfReader({ timeoutMs: 1, maxWaiting: 4, idleMs: 1_000 })
    const first = await replacePdfs({ ...withFile(asDataUrl(pdfOf('Hello'))) }, bytes =>
      hasty.read(bytes, from('a')),
    )
    expect(first).toMatchObject({ ok: false, problem: 'file "a.pdf": reading took longer than 1 ms' })
    await hasty.close()
    expect(await read(new Uint8Array(pdfOf('Again')))).toEqual({ ok: true, pages: ['Again'] })
  })

  it('refuses more files of a caller than may wait, and reads those of callers by turns', async () => {
    const small = createPdfReader({ timeoutMs: 20_000, maxWaiting: 2, idleMs: 1_000 })
    const order: string[] = []
    const ask = async (callerId: string) => {
      const { ok } = await small.read(new Uint8Array(pdfOf('x')), from(callerId))
      order.push(`${callerId} ${ok}`)
    }
    await Promise.all([ask('a'), ask('a'), ask('a'), ask('a'), ask('b')])
    expect(order).toEqual(['a false', 'a true', 'a true', 'b true', 'a true'])
    await small.close()
  })

  it('does not read for a caller that has gone', async () => {
    const gone = await reader.read(new Uint8Array(pdfOf('x')), from('a', AbortSignal.abort()))
    expect(gone).toEqual({ ok: false, problem: 'the caller has gone' })
  })

  it('refuses a document of more pages than one asks about', async () => {
    const pages = await read(new Uint8Array(pdfOf(...Array.from({ length: 1001 }, () => 'x'))))
    expect(pages).toEqual({ ok: false, problem: 'more than 1000 pages' })
  })
})
