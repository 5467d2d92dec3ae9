import { readFileSync } from 'node:fs'
import { type Catalog, parseCatalog, type PriceAmounts } from '../../src/catalog/index.ts'
import { formatUsd, type PicoUsd } from '../../src/core/index.ts'
import { type Cost, costOf, type Usage } from '../../src/record/index.ts'
import { readUsage } from '../../src/wire/openai/usage.ts'

/** An example of docs/cost.md: what a provider told, and at whose price it is worked out. */
export interface CostExample {
  readonly title: string
  readonly endpoint: string
  /** As an answer in OpenAI's protocol tells it, or as a wire of another protocol has normalised it. */
  readonly told: object | Usage
}

/** Works an example out with the built-in catalogue, as Markdown. */
export function workedCost({ title, endpoint: id, told }: CostExample, catalog: Catalog): string {
  const endpoint = catalog.endpoints.get(id)
  if (!endpoint) throw new Error(`the catalogue has no endpoint ${id}`)
  const usage = 'inputTokens' in told ? told : readUsage(told)
  if (usage === null || usage === 'invalid') throw new Error(`${title}: the usage cannot be read`)
  const result = costOf(endpoint.price, usage, { epochUs: Date.UTC(2026, 10, 20, 12) * 1000 })
  const as = Object.entries(usage)
    .filter(([name, count]) => count !== 0 && count !== null && name !== 'reportedCost')
    .map(([name, count]) => `\`${name}\` ${count}`)
  return [
    `### ${title}`,
    '',
    ...('inputTokens' in told ? [] : ['```json', JSON.stringify(told), '```', '']),
    `Tokens: ${as.join(', ')}. Price of \`${id}\` (\`${endpoint.price.version}\`).`,
    '',
    ...(result.isKnown ? linesOf(result.cost, usage) : [`The cost is unknown: \`${result.reason}\`.`]),
    '',
  ].join('\n')
}

function linesOf(cost: Cost, { reportedCost }: Usage): readonly string[] {
  const { total, withoutCache, cacheDiscount, prompt, completion } = cost
  return [
    '| what | tokens | USD per million | USD |',
    '| --- | --- | --- | --- |',
    ...rows.flatMap(([part, text, amount]) => rowOf(text, cost.parts[part], cost.price[amount] ?? null)),
    `| total | | | ${formatUsd(total)} |`,
    '',
    `Prompt ${formatUsd(prompt)}, completion ${formatUsd(completion)}; without cache ${formatUsd(withoutCache)}, ` +
      `so the cache discount is ${formatUsd(cacheDiscount)}.` +
      (reportedCost === null
        ? ''
        : ` The answer itself says ${formatUsd(reportedCost)}: that is what counts as billed, and both are kept.`),
  ]
}

const rows: readonly (readonly [keyof Cost['parts'], string, keyof PriceAmounts])[] = [
  ['input', 'input', 'input'],
  ['cacheRead', 'cache read', 'cacheRead'],
  ['cacheWrite5m', 'cache write, 5 minutes', 'cacheWrite'],
  ['cacheWrite1h', 'cache write, 1 hour', 'cacheWrite1h'],
  ['audio', 'audio', 'audio'],
  ['output', 'output', 'output'],
  ['reasoning', 'reasoning, as output', 'output'],
]

function rowOf(text: string, part: PicoUsd, amount: PicoUsd | null): readonly string[] {
  if (part === 0n || amount === null) return []
  return [`| ${text} | ${part / amount} | ${formatUsd(amount * 1_000_000n)} | ${formatUsd(part)} |`]
}

/** The catalogue that comes with the program. */
export function builtinCatalog(): Catalog {
  const names = ['catalog/models.yaml', 'catalog/providers.yaml']
  const parsed = parseCatalog({ files: names.map(name => ({ name, text: readFileSync(name, 'utf8') })) })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.catalog
}
