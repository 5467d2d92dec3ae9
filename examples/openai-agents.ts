import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents'
import OpenAI from 'openai'
import { z } from 'zod'

// An agent with a tool; every turn goes through the router.
const openAIClient = new OpenAI({
  baseURL: process.env['ROUTER_URL'] ?? 'http://127.0.0.1:8787/api/v1',
  apiKey: process.env['ROUTER_KEY'] ?? 'none',
})
const runner = new Runner({
  modelProvider: new OpenAIProvider({ openAIClient, useResponses: false }),
  tracingDisabled: true,
})

const riverLength = tool({
  name: 'river_length',
  description: 'Length of a river in kilometres',
  parameters: z.object({ river: z.string() }),
  execute: ({ river }) => `${river}: ${river.length * 100} km`,
})

const agent = new Agent({
  name: 'geographer',
  instructions: 'Answer with the tool.',
  model: 'meta-llama/llama-3.3-70b-instruct',
  tools: [riverLength],
  modelSettings: { toolChoice: 'required' },
})
const { finalOutput } = await runner.run(agent, 'How long is the Rhine?')
console.log(finalOutput)
