import type { Catalog, Endpoint } from '../../catalog/index.ts'
import { UserError } from '../../core/index.ts'
import type { Arm, Scenario } from '../../scenario/index.ts'

/**
 * A scripted fault, regime or change or a preference that names nobody would make a drill look passed or a run answer nothing.
 * @throws UserError E_SCENARIO_INVALID naming each
 */
export function requireKnownProviders(catalog: Catalog, scenario: Scenario, file: string): void {
  const endpoints = [...catalog.endpoints.values()]
  const problems = [
    ...ruleProblems(endpoints, scenario),
    ...scenario.arms.flatMap(arm => preferenceProblems(endpoints, arm)),
  ]
  if (problems.length === 0) return
  throw new UserError(`${file} names ${problems.length} provider(s) that cannot take part`, {
    code: 'E_SCENARIO_INVALID',
    hint: '`routebench catalog show <model>` lists the endpoints of a model; the provider is the part before the slash.',
    problems: problems.map(problem => `${file}: ${problem}`),
  })
}

function ruleProblems(endpoints: readonly Endpoint[], { simulation }: Scenario): readonly string[] {
  const { faults, regimes, changes } = simulation
  return Object.entries({ faults, regimes, changes }).flatMap(([list, rules]) =>
    rules.flatMap(({ provider, model }, index) => {
      const serving = endpoints.filter(endpoint => endpoint.provider.id === provider)
      const place = `simulation.${list}[${index}]`
      if (serving.length === 0) return [`${place}: the catalogue has no provider ${provider}`]
      const serves = model === null || serving.some(endpoint => endpoint.modelId === model)
      return serves ? [] : [`${place}: ${provider} does not serve ${model}`]
    }),
  )
}

/** Names in `provider.only` and `provider.order` of an arm that our router plays, against the hosts of its model. */
function preferenceProblems(endpoints: readonly Endpoint[], arm: Arm): readonly string[] {
  const preferences = arm.parameters['provider']
  if (arm.target.kind === 'url' || typeof preferences !== 'object' || preferences === null) return []
  const hosts = endpoints.filter(({ modelId }) => modelId === arm.model)
  return Object.entries(preferences).flatMap(([field, names]) =>
    (field === 'only' || field === 'order') && Array.isArray(names)
      ? names
          .filter(name => typeof name === 'string' && !hosts.some(host => isNamed(host, name.toLowerCase())))
          .map(name => `arm ${arm.name}, provider.${field}: ${name} does not serve ${arm.model}`)
      : [],
  )
}

/** As the router matches: provider, tag with a region, variant or tier, its base, endpoint id, or display name. */
function isNamed({ id, tag, provider }: Endpoint, name: string): boolean {
  const names = [id, tag, provider.id, provider.name].map(text => text.toLowerCase())
  return names.includes(name) || tag.toLowerCase().startsWith(`${name}/`)
}
