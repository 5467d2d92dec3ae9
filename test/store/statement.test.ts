import { describe, expect, it } from 'vitest'
import { formatOf, insertFromFile, parseInsertHead, quote } from '../../src/store/embedded/statement.ts'

describe('parseInsertHead', () => {
  it.each([
    {
      head: 'INSERT INTO t FORMAT JSONEachRow',
      rows: '',
      target: 'INSERT INTO t',
      tail: 'FORMAT JSONEachRow',
    },
    { head: 'insert into db.t format CSV\n', rows: '1,2\n', target: 'insert into db.t', tail: 'format CSV' },
    {
      head: '\n INSERT INTO `db`.`t` (a, `b c`) FORMAT Native\n',
      rows: 'x',
      target: 'INSERT INTO `db`.`t` (a, `b c`)',
      tail: 'FORMAT Native',
    },
    {
      head: 'INSERT INTO t (* EXCEPT(b)) FORMAT CSV ',
      rows: '1',
      target: 'INSERT INTO t (* EXCEPT(b))',
      tail: 'FORMAT CSV',
    },
    {
      head: "INSERT INTO t SETTINGS async_insert = 0, insert_deduplication_token = 'x' FORMAT JSONEachRow\n",
      rows: '{"b":" FORMAT CSV "}',
      target: 'INSERT INTO t',
      tail: "SETTINGS async_insert = 0, insert_deduplication_token = 'x' FORMAT JSONEachRow",
    },
    { head: 'INSERT INTO t FORMAT CSV ;\n', rows: '{}', target: 'INSERT INTO t', tail: 'FORMAT CSV' },
    { head: 'INSERT INTO t FORMAT CSV ', rows: '{"a":1}', target: 'INSERT INTO t', tail: 'FORMAT CSV' },
  ])('cuts $head before its rows', ({ head, rows, target, tail }) => {
    expect(parseInsertHead(head + rows)).toEqual({ target, tail, length: head.length })
  })

  it.each([
    'SELECT 1 FORMAT JSON',
    "INSERT INTO t VALUES (1, 'FORMAT CSV x')",
    'INSERT INTO t SELECT * FROM u FORMAT CSV',
    'INSERT INTO t (a) SELECT 1',
    'CREATE TABLE t (a UInt8) ENGINE = Memory',
    '',
  ])('leaves %j as it is', sql => {
    expect(parseInsertHead(sql)).toBeNull()
  })
})

describe('insertFromFile', () => {
  it('names the file between target and format', () => {
    const head = parseInsertHead('INSERT INTO t (a) SETTINGS x = 1 FORMAT CSV')
    expect(head && insertFromFile(head, "/tmp/it's")).toBe(
      "INSERT INTO t (a) FROM INFILE '/tmp/it\\'s' SETTINGS x = 1 FORMAT CSV",
    )
  })
})

describe('formatOf', () => {
  it.each([
    ['SELECT 1 FORMAT JSON', 'JSON'],
    ['SELECT 1\nformat Native;', 'Native'],
    ['SELECT 1 FORMAT CSV SETTINGS max_threads = 1', 'CSV'],
    ['SELECT 1', null],
    ["SELECT ' FORMAT CSV ' AS x", null],
  ])('finds in %j %s', (sql, format) => {
    expect(formatOf(sql)).toBe(format)
  })
})

describe('quote', () => {
  it('makes a literal that ends where the text does', () => {
    expect(quote("a'b\\'")).toBe("'a\\'b\\\\\\''")
  })
})
