import { ChatOpenAI } from '@langchain/openai'

// A conversation that stays at one host, so that its prompt cache is used: the session id makes it sticky.
const model = new ChatOpenAI({
  model: 'meta-llama/llama-3.3-70b-instruct',
  apiKey: process.env['ROUTER_KEY'] ?? 'none',
  maxRetries: 0,
  modelKwargs: { session_id: 'langchain-example' },
  configuration: { baseURL: process.env['ROUTER_URL'] ?? 'http://127.0.0.1:8787/api/v1' },
})

for (const question of ['Name a river of Europe.', 'How long is it?']) {
  const answer = await model.invoke(question)
  console.log(answer.text, answer.usage_metadata)
}
