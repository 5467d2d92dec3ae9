import type { Catalog, Model } from '../catalog/index.ts'

/** Words of a slug that tell versions of a family apart, but not families: `5.4`, `v3`, `2507`, `preview`. */
const versionWord = /^(?:v?\d+(?:\.\d+)*|preview)$/
const latest = /^~([^/]+)\/(.+)-latest$/

/**
 * The newest model of a family: `~anthropic/claude-sonnet-latest` may mean `anthropic/claude-sonnet-4.6`. A family
 * is what is left of a slug without its version words, so `~openai/gpt-mini-latest` finds `openai/gpt-5.4-mini`.
 * Newest by the day it came out, where the catalogue knows it, then by version. null when the name is not of this
 * form or the family is unknown. Pure.
 */
export function latestModel(catalog: Catalog, name: string): string | null {
  const [, author, family] = latest.exec(name) ?? []
  if (author === undefined || family === undefined) return null
  const [newest] = [...catalog.models.values()]
    .filter(model => model.author === author && familyOf(model) === family)
    .toSorted((a, b) => (b.created ?? '').localeCompare(a.created ?? '', 'en') || compareVersions(b, a))
  return newest?.id ?? null
}

function wordsOf({ id }: Model): readonly string[] {
  return id.slice(id.indexOf('/') + 1).split('-')
}

function familyOf(model: Model): string {
  return wordsOf(model)
    .filter(word => !versionWord.test(word))
    .join('-')
}

function compareVersions(a: Model, b: Model): number {
  const versionOf = (model: Model) =>
    wordsOf(model)
      .filter(word => versionWord.test(word))
      .join('.')
  return versionOf(a).localeCompare(versionOf(b), 'en', { numeric: true })
}
