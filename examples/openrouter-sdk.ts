import { OpenRouter } from '@openrouter/sdk'

// The cheapest of the fast hosts, and what the market looks like behind one model.
const client = new OpenRouter({
  serverURL: process.env['ROUTER_URL'] ?? 'http://127.0.0.1:8787/api/v1',
  apiKey: process.env['ROUTER_KEY'] ?? 'none',
})

const answer = await client.chat.send({
  chatRequest: {
    model: 'meta-llama/llama-3.3-70b-instruct',
    messages: [{ role: 'user', content: 'Name three rivers of Europe.' }],
    provider: { sort: 'price', preferredMinThroughput: 50 },
  },
})
if ('choices' in answer) console.log(answer.choices[0]?.message.content, answer.usage)

const { data } = await client.endpoints.list({ author: 'meta-llama', slug: 'llama-3.3-70b-instruct' })
console.table(
  data.endpoints.map(({ tag, pricing }) => ({ tag, prompt: pricing.prompt, completion: pricing.completion })),
)
