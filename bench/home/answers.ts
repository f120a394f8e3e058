import { isDeepStrictEqual } from 'node:util'
import type { BenchCase, RunningCase } from './cases/case.ts'
import { HOME_BODY } from './operation.ts'
import type { Viewer } from './world/viewers.ts'

/** A case that runs. */
export interface Entrant {
  readonly benchCase: BenchCase
  readonly running: RunningCase
}

/** Throws unless every case gives every viewer the same answer as the first case, apart from the moment of reading. */
export async function compareAnswers(entrants: readonly Entrant[], viewers: readonly Viewer[]): Promise<void> {
  for (const viewer of viewers) {
    let expected: unknown
    for (const { benchCase, running } of entrants) {
      const answer = await ask(running.front.port, viewer)
      checkLines(answer, viewer, benchCase.name)
      expected ??= answer
      if (!isDeepStrictEqual(answer, expected)) {
        throw new Error(
          `${benchCase.name} answers ${viewer.accountId} differently:\n${JSON.stringify(answer).slice(0, 1500)}\n` +
            `not as ${entrants[0]?.benchCase.name}:\n${JSON.stringify(expected).slice(0, 1500)}`,
        )
      }
    }
  }
}

export async function ask(port: number, { token }: Pick<Viewer, 'token'>): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: HOME_BODY,
    signal: AbortSignal.timeout(10_000),
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`HTTP status ${response.status}: ${text.slice(0, 500)}`)
  return JSON.parse(text, (key, value) => (key === 'asOf' && typeof value === 'string' ? 'a moment' : value))
}

/** All servers could be wrong alike: the number of lines is known. */
function checkLines(answer: unknown, viewer: Viewer, name: string): void {
  const { data } = answer as { data?: { viewer?: { lines?: { nodes?: unknown[] } } } }
  const count = data?.viewer?.lines?.nodes?.length
  if (count === viewer.lineCount) return
  throw new Error(
    `${name} gives ${count} lines instead of ${viewer.lineCount}: ${JSON.stringify(answer).slice(0, 500)}`,
  )
}
