import { type Catalog, type CatalogFile, parseCatalog } from '../../src/catalog/index.ts'

/** A small valid catalogue; tests change one line of it. */
export const sample = `version: 1
catalog: sample
date: 2026-11-20
prices: { source: models.dev, date: 2026-07-02 }
providers:
  - id: deepinfra
    name: DeepInfra
    wires: { openai: https://api.deepinfra.com/v1/openai }
    api_key_env: DEEPINFRA_API_KEY
    headquarters: US
    data_policy: { trains: false, retains: false }
    bills_canceled: false
  - id: azure
    name: Azure
    wires:
      anthropic: https://\${RESOURCE}.example.com/anthropic/v1
      openai: https://\${RESOURCE}.example.com/openai/v1
    api_key_env: AZURE_API_KEY
    headquarters: unknown
    data_policy: { trains: unknown, retains: unknown }
    bills_canceled: unknown
models:
  - id: meta/llama
    name: Llama
    context: 131072
    max_output: 16384
    tokenizer: llama3
    modalities: [text]
    supports: [sampling, tools, seed]
    endpoints:
      - { provider: deepinfra, upstream: Llama-FP8, input: 0.1, output: 0.32, quantization: fp8 }
      - { provider: azure, upstream: llama, input: 0.71, output: 0.71, cache_read: 0.003625, context: 8000 }
`

/** The sample with one piece of text replaced, which must be in it. */
export function edited(from: string, to: string): string {
  if (!sample.includes(from)) throw new Error(`the sample does not hold ${from}`)
  return sample.replace(from, () => to)
}

export function fileOf(text: string, name = 'c.yaml'): CatalogFile {
  return { name, text }
}

/** The catalogue of texts that are known to be right. */
export function catalogOf(...texts: readonly string[]): Catalog {
  const parsed = parseCatalog({ files: texts.map((text, index) => fileOf(text, `${index}.yaml`)) })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.catalog
}

/** Problems as `line:column rule`. */
export function problemsOf(...texts: readonly string[]): readonly string[] {
  const parsed = parseCatalog({ files: texts.map((text, index) => fileOf(text, `${index}.yaml`)) })
  return parsed.ok ? [] : parsed.problems.map(({ line, column, rule }) => `${line}:${column} ${rule}`)
}
