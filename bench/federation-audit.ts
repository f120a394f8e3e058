import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'

/**
 * Runs the public federation gateway audit (github.com/graphql-hive/federation-gateway-audit) against
 * `npm run cabinet -- gateway`. Takes the folder of an installed clone, and suites to run when not all.
 */
const [folder, ...only] = process.argv.slice(2)
if (!folder) throw new Error('Name the folder of an installed clone: npm run audit:federation -- DIR [suite …]')

const SUBGRAPHS = 'http://127.0.0.1:4290'
const GATEWAY_PORT = 4291
const START_TIMEOUT_MS = 30_000
const CASE_TIMEOUT_MS = 10_000
const CLI = join(import.meta.dirname, '../cli/main.ts')

interface Case {
  readonly query: string
  readonly expected: { readonly data?: unknown; readonly errors?: boolean }
}

interface Answer {
  readonly data?: unknown
  readonly errors?: readonly unknown[]
}

interface Score {
  passed: number
  total: number
}

const temporary = await mkdtemp(join(tmpdir(), 'federation-audit-'))
const subgraphs = start(['--import', 'tsx', 'src/cli.ts', 'serve', '--port', new URL(SUBGRAPHS).port], folder)
try {
  const score = { passed: 0, total: 0 }
  const suites = JSON.parse(await get(`${SUBGRAPHS}/ids`)) as string[]
  for (const suite of suites) if (only.length === 0 || only.includes(suite)) await runSuite(suite, score)
  console.log(`\n${score.passed} of ${score.total} cases passed`)
} finally {
  await stop(subgraphs)
  await rm(temporary, { recursive: true })
}

async function runSuite(suite: string, score: Score): Promise<void> {
  const cases = JSON.parse(await get(`${SUBGRAPHS}/${suite}/tests`)) as Case[]
  const file = join(temporary, 'supergraph.graphql')
  await writeFile(file, await get(`${SUBGRAPHS}/${suite}/supergraph`))
  const gateway = start([CLI, 'gateway', '--supergraph', file, '--port', String(GATEWAY_PORT)])
  try {
    await post('{ __typename }')
    const failures: string[] = []
    for (const [index, { query, expected }] of cases.entries()) {
      const answer = await post(query)
      if (!isAsExpected(answer, expected)) failures.push(describe(index, { query, expected }, answer))
    }
    score.total += cases.length
    score.passed += cases.length - failures.length
    console.log(`${suite}: ${cases.length - failures.length} of ${cases.length}`)
    for (const failure of failures) console.log(failure)
  } finally {
    await stop(gateway)
  }
}

/** The audit's own rule: equal data, and errors there or not where the case says which. */
function isAsExpected({ data, errors }: Answer, expected: Case['expected']): boolean {
  const hasErrors = (errors?.length ?? 0) > 0
  if (expected.errors !== undefined && expected.errors !== hasErrors) return false
  return isDeepStrictEqual(data ?? null, expected.data ?? null)
}

function describe(index: number, { query, expected }: Case, answer: Answer): string {
  return `case ${index}: ${query}\nexpected: ${JSON.stringify(expected)}\nanswered: ${JSON.stringify(answer)}`
}

function start(parameters: readonly string[], cwd?: string): ChildProcess {
  return spawn(process.execPath, parameters, { ...(cwd && { cwd }), stdio: ['ignore', 'ignore', 'inherit'] })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exit = once(child, 'exit')
  child.kill()
  await exit
}

async function get(url: string): Promise<string> {
  const response = await untilUp(() => fetch(url))
  if (!response.ok) throw new Error(`${url} answered with ${response.status}`)
  return response.text()
}

async function post(query: string): Promise<Answer> {
  const response = await untilUp(() =>
    fetch(`http://127.0.0.1:${GATEWAY_PORT}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
      signal: AbortSignal.timeout(CASE_TIMEOUT_MS),
    }),
  )
  return (await response.json()) as Answer
}

/** Asks again while nobody listens yet. */
async function untilUp(ask: () => Promise<Response>): Promise<Response> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; ; await sleep(50)) {
    try {
      return await ask()
    } catch (error) {
      if ((error as { cause?: { code?: string } }).cause?.code !== 'ECONNREFUSED' || Date.now() > deadline) throw error
    }
  }
}
