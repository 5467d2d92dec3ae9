import type { Command } from 'commander'
import type { Catalog, Endpoint } from '../../catalog/index.ts'
import { exitCodes, type PicoUsd } from '../../core/index.ts'
import { endpointNotes, perMillion } from '../describe-price.ts'
import { loadCatalog, requireModels } from '../load-catalog.ts'
import { plainTable } from '../plain-table.ts'
import type { CommandContext } from './context.ts'
import { collect } from './options.ts'

interface CatalogFlags {
  readonly catalog: readonly string[]
}

/** `routebench catalog …`: what the catalogue knows, and whether a file of one's own fits. */
export function addCatalogCommands(program: Command, { stdout, setExitCode }: CommandContext): void {
  const catalog = program.command('catalog').description('models, endpoints, prices and limits')
  const fileOption = [
    '--catalog <file>',
    'lay this catalogue file over the built-in one',
    collect,
    [],
  ] as const
  catalog
    .command('show')
    .description('list the models, or the endpoints of one')
    .argument('[model]', 'model id, such as openai/gpt-oss-120b')
    .option(...fileOption)
    .action(async (model: string | undefined, flags: CatalogFlags) => {
      const known = await loadCatalog(flags.catalog)
      if (model !== undefined) requireModels(known, [model])
      stdout.write(`${model === undefined ? modelTable(known) : endpointTable(known, model)}\n`)
      setExitCode(exitCodes.ok)
    })
  catalog
    .command('check')
    .description('read the catalogue and the files laid over it, and name every problem')
    .argument('[file...]', 'catalogue files of your own')
    .action(async (files: readonly string[]) => {
      stdout.write(`${countsOf(await loadCatalog(files))}\n`)
      setExitCode(exitCodes.ok)
    })
}

function countsOf({ version, models, endpoints, providers }: Catalog): string {
  const all = [...endpoints.values()]
  const count = (test: (endpoint: Endpoint) => boolean) => all.filter(test).length
  const notes = [
    `${count(({ price }) => price.overrides !== undefined)} with other prices for some requests`,
    `${count(({ tier }) => tier !== 'default')} of a flex or priority tier`,
    `${count(({ region }) => region !== null)} in a region`,
  ]
  return `${version}: ${models.size} models, ${endpoints.size} endpoints (${notes.join(', ')}), ${providers.size} providers`
}

function modelTable({ models }: Catalog): string {
  const table = plainTable(['model', 'endpoints', 'input $/M', 'output $/M', 'context'])
  for (const { id, endpoints, contextTokens } of models.values()) {
    const inputs = endpoints.map(endpoint => endpoint.price.input)
    const outputs = endpoints.map(endpoint => endpoint.price.output)
    table.push([id, endpoints.length, range(inputs), range(outputs), contextTokens])
  }
  return table.toString()
}

function endpointTable({ models }: Catalog, model: string): string {
  const head = [
    'endpoint',
    'input $/M',
    'output $/M',
    'cache read',
    'cache write',
    'write 1h',
    'context',
    'quantization',
    'also',
    'price of',
  ]
  const table = plainTable(head)
  const cheapestFirst = (a: Endpoint, b: Endpoint) => Number(a.price.input - b.price.input)
  for (const endpoint of (models.get(model)?.endpoints ?? []).toSorted(cheapestFirst)) {
    const { input, output, cacheRead, cacheWrite, cacheWrite1h = null, version } = endpoint.price
    const optional = (price: PicoUsd | null) => (price === null ? '–' : perMillion(price))
    table.push([
      endpoint.id,
      perMillion(input),
      perMillion(output),
      optional(cacheRead),
      optional(cacheWrite),
      optional(cacheWrite1h),
      endpoint.contextTokens,
      endpoint.quantization,
      endpointNotes(endpoint).join('\n'),
      version,
    ])
  }
  return `${table.toString()}\n${keyLine(models.get(model)?.endpoints ?? [])}`
}

/** The environment variable of each provider's API key. */
function keyLine(endpoints: readonly Endpoint[]): string {
  const byProvider = new Map(endpoints.map(({ provider }) => [provider.id, provider.apiKeyEnv]))
  const parts = [...byProvider].map(([id, variable]) => `${id} ${variable}`)
  return `API keys: ${parts.join(', ')}`
}

function range(prices: readonly PicoUsd[]): string {
  const sorted = prices.toSorted((a, b) => Number(a - b))
  const [lowest = 0n, highest = 0n] = [sorted[0], sorted.at(-1)]
  return lowest === highest ? perMillion(lowest) : `${perMillion(lowest)} – ${perMillion(highest)}`
}
