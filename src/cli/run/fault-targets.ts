import type { Catalog } from '../../catalog/index.ts'
import { UserError } from '../../core/index.ts'
import type { Scenario } from '../../scenario/index.ts'

/** A scripted fault that hits nobody would make a drill look passed. @throws UserError E_SCENARIO_INVALID */
export function requireFaultTargets({ endpoints }: Catalog, { simulation }: Scenario): void {
  const problems = simulation.faults.flatMap(({ provider, model }, index) => {
    const serving = [...endpoints.values()].filter(endpoint => endpoint.provider.id === provider)
    if (serving.length === 0)
      return [`simulation.faults[${index}]: the catalogue has no provider ${provider}`]
    const serves = model === null || serving.some(endpoint => endpoint.modelId === model)
    return serves ? [] : [`simulation.faults[${index}]: ${provider} does not serve ${model}`]
  })
  if (problems.length === 0) return
  throw new UserError(`${problems.length} scripted fault(s) would hit nobody`, {
    code: 'E_SCENARIO_INVALID',
    hint: '`routebench catalog show <model>` lists the endpoints of a model; its provider is the part before the slash.',
    problems,
  })
}
