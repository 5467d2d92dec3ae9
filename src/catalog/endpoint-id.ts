/** Id of the endpoint of a model at a provider: `deepinfra` and `openai/gpt-oss-120b` → `deepinfra/gpt-oss-120b`. */
export function endpointId(providerId: string, modelId: string): string {
  return `${providerId}/${modelId.slice(modelId.indexOf('/') + 1)}`
}
