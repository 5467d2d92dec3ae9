import type { JsonSchema } from './json-schema.ts'
import type { Path } from './open-document.ts'

/**
 * The keys that a schema knows for the map at `path` of a value. Where the schema has alternatives, those
 * that contradict the value's constants (`kind`) are left out. Pure; no `$ref` is followed, since only
 * free-form JSON has them.
 */
export function knownKeys(
  path: Path,
  { value, schema }: { readonly value: unknown; readonly schema: JsonSchema },
): readonly string[] {
  let nodes = alternativesOf(schema, value)
  let current = value
  for (const step of path) {
    current = typeof current === 'object' && current !== null ? Reflect.get(current, step) : undefined
    nodes = nodes.flatMap(node => childrenOf(node, step)).flatMap(child => alternativesOf(child, current))
  }
  return [...new Set(nodes.flatMap(node => Object.keys(recordOf(node['properties']))))]
}

function childrenOf(node: JsonSchema, step: PropertyKey): readonly JsonSchema[] {
  const child = typeof step === 'number' ? node['items'] : recordOf(node['properties'])[String(step)]
  return isSchema(child) ? [child] : []
}

function alternativesOf(node: JsonSchema, value: unknown): readonly JsonSchema[] {
  const alternatives = node['oneOf'] ?? node['anyOf']
  if (!Array.isArray(alternatives)) return [node]
  return alternatives.filter(isSchema).filter(branch => allows(branch, value))
}

function allows(branch: JsonSchema, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(recordOf(branch['properties'])).every(([key, property]) => {
    const constant = recordOf(property)['const']
    return constant === undefined || constant === Reflect.get(value, key)
  })
}

function isSchema(node: unknown): node is JsonSchema {
  return typeof node === 'object' && node !== null && !Array.isArray(node)
}

function recordOf(node: unknown): JsonSchema {
  return isSchema(node) ? node : {}
}
