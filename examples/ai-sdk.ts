import { createOpenRouter } from '@openrouter/ai-sdk-provider'
import { generateText, Output } from 'ai'
import { z } from 'zod'

// An object that fits a schema.
const openrouter = createOpenRouter({
  baseURL: process.env['ROUTER_URL'] ?? 'http://127.0.0.1:8787/api/v1',
  apiKey: process.env['ROUTER_KEY'] ?? 'none',
})

const { output, providerMetadata } = await generateText({
  model: openrouter.chat('meta-llama/llama-3.3-70b-instruct'),
  prompt: 'Invent a river.',
  output: Output.object({ schema: z.object({ name: z.string(), lengthKm: z.number() }) }),
})
console.log(output, providerMetadata?.['openrouter'])
