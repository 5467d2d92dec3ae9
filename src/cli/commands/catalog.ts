import type { Command } from 'commander'
import type { Catalog, Endpoint } from '../../catalog/index.ts'
import { exitCodes, formatUsd, type PicoUsd } from '../../core/index.ts'
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
      const { version, models, endpoints, providers } = await loadCatalog(files)
      stdout.write(
        `${version}: ${models.size} models, ${endpoints.size} endpoints, ${providers.size} providers\n`,
      )
      setExitCode(exitCodes.ok)
    })
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
    'context',
    'quantization',
    'price of',
  ]
  const table = plainTable(head)
  const cheapestFirst = (a: Endpoint, b: Endpoint) => Number(a.price.input - b.price.input)
  for (const endpoint of (models.get(model)?.endpoints ?? []).toSorted(cheapestFirst)) {
    const { input, output, cacheRead, cacheWrite, version } = endpoint.price
    const optional = (price: PicoUsd | null) => (price === null ? '–' : perMillion(price))
    table.push([
      endpoint.id,
      perMillion(input),
      perMillion(output),
      optional(cacheRead),
      optional(cacheWrite),
      endpoint.contextTokens,
      endpoint.quantization,
      version,
    ])
  }
  return table.toString()
}

function range(prices: readonly PicoUsd[]): string {
  const sorted = prices.toSorted((a, b) => Number(a - b))
  const [lowest = 0n, highest = 0n] = [sorted[0], sorted.at(-1)]
  return lowest === highest ? perMillion(lowest) : `${perMillion(lowest)} – ${perMillion(highest)}`
}

/** Pico-USD per token as USD per million tokens: the same digits, six places on. */
function perMillion(price: PicoUsd): string {
  return formatUsd(price * 1_000_000n)
}
