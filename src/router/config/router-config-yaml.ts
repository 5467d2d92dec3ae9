import { Document, isCollection, isMap, isNode, isScalar, type Node } from 'yaml'
import type { Path } from '../../document/index.ts'
import type { RouterConfig } from './parse-router-config.ts'

/**
 * A configuration as a file with every default written out; what is no default says in a comment where it comes from.
 * Reading it again gives an equal configuration. Keys of callers are in it as hashes, as in the file. Pure.
 */
export function routerConfigYaml(config: RouterConfig): string {
  const document = new Document(config.values, { aliasDuplicateObjects: false })
  if (document.contents) note(document.contents, [], config)
  return document.toString({ lineWidth: 0 })
}

/** Lists and single values are noted as a whole; nothing below what is a default can be anything else. */
function note(node: Node, path: Path, config: RouterConfig): void {
  if (isMap(node) && node.items.length > 0) {
    for (const { key, value } of node.items) {
      if (isScalar(key) && isNode(value)) note(value, [...path, String(key.value)], config)
    }
    return
  }
  const origin = config.originOf(path)
  if (origin === 'default') return
  if (isScalar(node)) node.comment = ` ${origin}`
  else if (isCollection(node) && node.items.length > 0) node.commentBefore = ` ${origin}`
}
