import type { Endpoint } from './types.ts'

/** Id of the endpoint of a model under a tag: `deepinfra` and `openai/gpt-oss-120b` → `deepinfra/gpt-oss-120b`. */
export function endpointId(tag: string, modelId: string): string {
  return `${tag}/${modelId.slice(modelId.indexOf('/') + 1)}`
}

/** What names an endpoint's row, as far as it is there. */
interface TaggedRow {
  readonly provider: string
  readonly tag?: string | undefined
  readonly tier?: string | undefined
}

/** The tag of a row: its own, else its provider, with the tier unless it is the default one: `openai/flex`. Pure. */
export function tagOf({ provider, tag, tier }: TaggedRow): Endpoint['tag'] {
  if (tag) return tag
  return tier && tier !== 'default' ? `${provider}/${tier}` : provider
}
