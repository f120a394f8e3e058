/** How commands speak to people: progress on standard error, results on standard output. */
export interface Terminal {
  /** A step that has begun or a fact worth knowing. */
  progress(line: string): void
  /** What the command was run for. */
  result(text: string): void
}

export const processTerminal: Terminal = {
  progress: (line) => process.stderr.write(`  ${line}\n`),
  result: (text) => process.stdout.write(`${text}\n`),
}

/** Runs a step and tells how long it took. */
export async function step<Value>(terminal: Terminal, name: string, run: () => Promise<Value>): Promise<Value> {
  const startedAt = performance.now()
  const value = await run()
  terminal.progress(`✓ ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
  return value
}
