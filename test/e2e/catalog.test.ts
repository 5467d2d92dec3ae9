import { describe, expect, it } from 'vitest'
import { runCli } from '../support/run-cli.ts'

describe('routebench catalog show', () => {
  it('names the variable of each provider’s API key below the endpoints of a model', async () => {
    const { exitCode, stdout } = await runCli(['catalog', 'show', 'openai/gpt-oss-120b'], { cwd: '.' })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/\nAPI keys: .*\bgroq GROQ_API_KEY\b.*\n$/)
  })
})
