/** A trace of four requests in the upstream format: blocks of 64 tokens, a sub-agent after the second request. */
export function sampleTrace(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const common = { model: 'model-a', input_types: ['text'], output_types: ['tool_use'] }
  return {
    id: 'trace_1',
    models: ['model-a'],
    block_size: 64,
    hash_id_scope: 'local',
    tool_tokens: 100,
    system_tokens: 20,
    requests: [
      {
        ...common,
        t: 0,
        type: 's',
        in: 200,
        out: 5,
        hash_ids: [1, 2, 3],
        stop: 'tool_use',
        api_time: 1.5,
        ttft: 0.5,
      },
      { ...common, t: 4, type: 'n', in: 250, out: 6, hash_ids: [1, 2, 4, 3], stop: '', think_time: 2.5 },
      {
        t: 6,
        type: 'subagent',
        agent_id: 'agent_001',
        duration_ms: null,
        requests: [
          { ...common, t: 0, type: 'n', in: 150, out: 7, hash_ids: [1, 9], api_time: 2, think_time: 0 },
        ],
      },
      // All four blocks are known, but the last is not full.
      {
        ...common,
        t: 9,
        type: 'n',
        in: 250,
        out: 0,
        hash_ids: [1, 2, 4, 9],
        stop: 'end_turn',
        api_time: null,
      },
    ],
    totals: { subagent_count: 1 },
    ...changes,
  }
}
