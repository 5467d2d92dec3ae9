import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Problem } from '../core/index.ts'

/** One catalogue file: its name, for problems, and its text. */
export interface CatalogFile {
  readonly name: string
  readonly text: string
}

/** Keys and indexes from the root of a document to a value. */
export type Path = readonly PropertyKey[]

/** Something wrong at a path, before its place in the text is known. */
export interface Finding {
  readonly path: Path
  readonly rule: string
  readonly message: string
  /** Set when the key itself is wrong, not its value. */
  readonly atKey?: boolean
}

/** A YAML text as plain data, with the way back from a path to its place. */
export interface OpenDocument {
  /** Maps, lists and texts: every scalar is the text as it was written, so that prices stay exact. */
  readonly value: unknown
  /** What is wrong with the YAML itself; `value` is worth reading only when there is none. */
  readonly syntaxProblems: readonly Problem[]
  /** The finding at its line and column; at the nearest thing around it when the path does not exist. */
  problem(finding: Finding): Problem
}

/** Reads a YAML 1.2 text without interpreting scalars. Pure; never throws. */
export function openDocument({ name: file, text }: CatalogFile): OpenDocument {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: 'failsafe',
    // Keys that are no text would otherwise be warned about on stderr; they are unknown keys anyway.
    logLevel: 'error',
  })
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const syntaxProblems: Problem[] = document.errors.map(({ code, pos, message }) => {
    const rule = code === 'DUPLICATE_KEY' ? 'duplicate-key' : 'yaml-syntax'
    return { file, ...placeAt(pos[0]), rule, message }
  })
  const read = syntaxProblems.length === 0 ? valueOf(document) : { value: null }
  if (read.failure) {
    syntaxProblems.push({ file, line: 1, column: 1, rule: 'yaml-syntax', message: read.failure })
  }
  return Object.freeze({
    value: read.value,
    syntaxProblems,
    problem: ({ path, rule, message, atKey = false }: Finding) => {
      return { file, ...placeAt(offsetOf({ document, path, atKey })), rule, message }
    },
  })
}

function valueOf(document: Document.Parsed): { readonly value: unknown; readonly failure?: string } {
  try {
    return { value: document.toJS() }
  } catch (error) {
    // Aliases without an anchor, or so many that they would blow up in memory.
    return { value: null, failure: error instanceof Error ? error.message : String(error) }
  }
}

interface Wanted {
  readonly document: Document.Parsed
  readonly path: Path
  readonly atKey: boolean
}

function offsetOf({ document, path, atKey }: Wanted): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const [depth, step] of path.entries()) {
    const child = childOf(isAlias(node) ? node.resolve(document) : node, step)
    if (!child) return offset
    const onKey = atKey && depth === path.length - 1
    offset = startOf(onKey ? child.key : child.value) ?? startOf(child.key) ?? offset
    node = child.value
  }
  return offset
}

function childOf(
  node: unknown,
  step: PropertyKey,
): { readonly key: unknown; readonly value: unknown } | null {
  if (isSeq(node)) {
    const item = node.items[Number(step)]
    return item === undefined ? null : { key: item, value: item }
  }
  if (!isMap(node)) return null
  const pair = node.items.find(item => isScalar(item.key) && item.key.value === step)
  return pair ? { key: pair.key, value: pair.value } : null
}

/** Offset of a node's text. An empty value has no text of its own: its key stands for it. */
function startOf(node: unknown): number | undefined {
  if (!isNode(node) || (isScalar(node) && node.source === '' && node.type === 'PLAIN')) return undefined
  return node.range?.[0]
}
