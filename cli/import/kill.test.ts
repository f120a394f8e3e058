import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { createRandom } from '../demo/random.ts'
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts'
import { readContents } from './testing/contents.ts'
import { generateBase } from './testing/generate-base.ts'
import { inFolder } from './testing/import-base.ts'
import type { ImportRequest } from './testing/import-process.ts'

const PROGRAM = fileURLToPath(new URL('testing/import-process.ts', import.meta.url))
const LINES = 2_000
const KILLS = 8
const SEED = 7

it('killed at random moments and run again leaves what one run leaves', { timeout: 120_000 }, async () => {
  const [once, often] = [await createTestDatabase(), await createTestDatabase()]
  try {
    await inFolder(async (directory) => {
      await generateBase({ directory, lineCount: LINES, seed: SEED })
      const clean = await runProcess(request(once, directory), null)
      const moments = await killOften(request(often, directory), clean.workMs)
      const resumed = await runProcess(request(often, directory), null)
      const killed = `killed after ${moments.join(', ')} ms of work`
      expect(resumed.output, killed).toEqual(clean.output)
      expect(await readContents(often), killed).toEqual(await readContents(once))
    })
  } finally {
    await Promise.all([once.drop(), often.drop()])
  }
})

function request({ urls }: TestDatabase, directory: string): ImportRequest {
  return { urls, directory, batchRows: 50 }
}

/**
 * Kills the import again and again, each time a little later, since it runs quickly over what is there already.
 * Answers with the moments of the kills that found it at work.
 */
async function killOften(asked: ImportRequest, workMs: number): Promise<number[]> {
  const random = createRandom(SEED)
  const moments: number[] = []
  for (let kill = 0; moments.length < KILLS; kill += 1) {
    const killAfterMs = Math.round((workMs * ((kill % KILLS) + random.next())) / KILLS)
    const { output } = await runProcess(asked, killAfterMs)
    if (output === null) moments.push(killAfterMs)
  }
  return moments
}

interface EndedProcess {
  /** What the import said at its end; null when it was killed before. */
  readonly output: string | null
  readonly workMs: number
}

async function runProcess(asked: ImportRequest, killAfterMs: number | null): Promise<EndedProcess> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(asked)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  let begunAt = 0
  for await (const line of createInterface(child.stdout)) {
    lines.push(line)
    if (line !== 'begun') continue
    begunAt = performance.now()
    if (killAfterMs !== null) setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  }
  const workMs = performance.now() - begunAt
  const output = lines[1] ?? null
  if (killAfterMs === null) expect(output, 'the import ends well when it is not killed').not.toBeNull()
  return { output, workMs }
}
