import OpenAI from 'openai'

// Two hosts in order of preference, a stream, and the cost at its end.
const client = new OpenAI({
  baseURL: process.env['ROUTER_URL'] ?? 'http://127.0.0.1:8787/api/v1',
  apiKey: process.env['ROUTER_KEY'] ?? 'none',
  maxRetries: 0, // The router tries other hosts itself.
})

/** A field of OpenRouter's API, which this client passes on. */
const routing = { provider: { order: ['groq', 'deepinfra'] } }

const stream = client.chat.completions.stream({
  model: 'meta-llama/llama-3.3-70b-instruct',
  messages: [{ role: 'user', content: 'Name three rivers of Europe.' }],
  ...routing,
})
stream.on('content', text => process.stdout.write(text))
const answer = await stream.finalChatCompletion()
console.log('\n', answer.usage)
