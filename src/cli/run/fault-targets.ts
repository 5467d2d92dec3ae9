import type { Catalog } from '../../catalog/index.ts'
import { UserError } from '../../core/index.ts'
import type { Scenario } from '../../scenario/index.ts'

/**
 * A fault, regime or change that hits nobody would make a drill look passed.
 *
 * @throws UserError E_SCENARIO_INVALID
 */
export function requireFaultTargets(catalog: Catalog, { simulation }: Scenario): void {
  const { faults, regimes, changes } = simulation
  const problems = Object.entries({ faults, regimes, changes }).flatMap(([list, rules]) =>
    problemsOf(list, rules, catalog),
  )
  if (problems.length === 0) return
  throw new UserError(`${problems.length} scripted rule(s) of the simulation would hit nobody`, {
    code: 'E_SCENARIO_INVALID',
    hint: '`routebench catalog show <model>` lists the endpoints of a model; its provider is the part before the slash.',
    problems,
  })
}

function problemsOf(
  list: string,
  rules: readonly { readonly provider: string; readonly model: string | null }[],
  { endpoints }: Catalog,
): readonly string[] {
  return rules.flatMap(({ provider, model }, index) => {
    const serving = [...endpoints.values()].filter(endpoint => endpoint.provider.id === provider)
    if (serving.length === 0)
      return [`simulation.${list}[${index}]: the catalogue has no provider ${provider}`]
    const serves = model === null || serving.some(endpoint => endpoint.modelId === model)
    return serves ? [] : [`simulation.${list}[${index}]: ${provider} does not serve ${model}`]
  })
}
