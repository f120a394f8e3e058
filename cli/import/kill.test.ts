import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { generateBase } from '../../bench/generate-base.ts'
import { createRandom } from '../demo/random.ts'
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts'
import { readContents } from './testing/contents.ts'
import { inFolder } from './testing/import-base.ts'
import type { ImportRequest } from './testing/import-process.ts'

const PROGRAM = fileURLToPath(new URL('testing/import-process.ts', import.meta.url))
const LINES = 2_000
const KILLS = 6
const SEED = 7

it('killed at random moments and run again leaves what one run leaves', { timeout: 120_000 }, async () => {
  const [once, often] = [await createTestDatabase(), await createTestDatabase()]
  try {
    await inFolder(async (directory) => {
      await generateBase({ directory, lineCount: LINES, seed: SEED })
      const startedAt = performance.now()
      const clean = await runProcess(request(once, directory), null)
      const durationMs = performance.now() - startedAt
      const moments = await killOften(request(often, directory), durationMs)
      const resumed = await runProcess(request(often, directory), null)
      expect(resumed, `killed after ${moments.join(', ')} ms`).toEqual(clean)
      expect(await readContents(often), `killed after ${moments.join(', ')} ms`).toEqual(await readContents(once))
    })
  } finally {
    await Promise.all([once.drop(), often.drop()])
  }
})

function request({ urls }: TestDatabase, directory: string): ImportRequest {
  return { urls, directory, batchRows: 50 }
}

/** Answers with the moments of the kills that found the import at work, each further on than a start takes. */
async function killOften(asked: ImportRequest, durationMs: number): Promise<number[]> {
  const random = createRandom(SEED)
  const moments: number[] = []
  while (moments.length < KILLS) {
    const killAfterMs = Math.round(durationMs * (0.25 + 0.7 * random.next()))
    const output = await runProcess(asked, killAfterMs)
    if (output === null) moments.push(killAfterMs)
  }
  return moments
}

/** What the import said at its end; null when it was killed before. */
async function runProcess(asked: ImportRequest, killAfterMs: number | null): Promise<string | null> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(asked)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const timer = killAfterMs === null ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const [code, signal] = await once(child, 'close')
  clearTimeout(timer)
  if (signal === 'SIGKILL') return null
  expect(code, 'the import ends well when it is not killed').toBe(0)
  return output
}
