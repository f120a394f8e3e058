import { mkdirSync, writeFileSync } from 'node:fs'
import { chart } from './chart.ts'
import type { BenchResult } from './result.ts'

const RESULTS = new URL('../../results/', import.meta.url)

/** Keeps the latest result; the history is that of the repository. */
export function storeResult(result: BenchResult): void {
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(new URL('home.json', RESULTS), `${JSON.stringify(result, null, 2)}\n`)
  const [main] = result.scenarios
  if (main) writeFileSync(new URL('home.svg', RESULTS), chart(result, main))
}
