import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROJECT_DIRECTORY } from '../project.ts'

export interface StartOptions {
  readonly stateDirectory: string
  readonly port?: number
  readonly variables?: Readonly<Record<string, string>>
  readonly user?: { readonly uid: number; readonly gid: number }
}

/** `cabinet start` as a developer runs it: a process of its own, in a group of its own. */
export interface StartedProcess {
  readonly pid: number
  /** All that it has printed so far. */
  readonly output: () => string
  readonly exitCode: () => Promise<number | null>
  readonly readyAfterMs: number
  /** What it printed of each kind. */
  readonly url: string
  readonly token: string | null
}

const READY_TIMEOUT_MS = 60_000

/** Starts and waits for the last line of the introduction. Throws with the output when it ends before. */
export async function startProcess(options: StartOptions): Promise<StartedProcess> {
  const startedAt = performance.now()
  const child = spawnStart(options)
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text))
  while (!/Ctrl-C/.test(output)) {
    const isOver = child.exitCode !== null || child.signalCode !== null
    if (isOver || performance.now() - startedAt > READY_TIMEOUT_MS) throw new Error(`start is not ready: ${output}`)
    await sleep(10)
  }
  return {
    pid: child.pid ?? 0,
    output: () => output,
    exitCode: () => exit,
    readyAfterMs: performance.now() - startedAt,
    url: /GraphQL +(\S+)\/graphql/.exec(output)?.[1] ?? '',
    token: /authorization: Bearer (\S+)/.exec(output)?.[1] ?? null,
  }
}

/** Starts, and waits for nothing. */
export function spawnStart({ stateDirectory, port = 0, variables, user }: StartOptions): ChildProcess {
  const child = spawn(process.execPath, [path.join(PROJECT_DIRECTORY, 'cli/main.ts'), 'start'], {
    cwd: PROJECT_DIRECTORY,
    // Nothing is inherited, as nobody's shell has what a test run has set.
    env: {
      PATH: path.dirname(process.execPath),
      LANG: 'C.UTF-8',
      HOME: stateDirectory,
      CABINET_STATE_DIRECTORY: stateDirectory,
      PORT: String(port),
      ...variables,
    },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

const children = new Set<ChildProcess>()

/** Ends what a failed test has left, and waits until its database is gone too. */
export async function killAll(): Promise<void> {
  const families = [...children].flatMap(({ pid = 0 }) => familyOf(pid, null))
  for (const child of children) child.kill('SIGKILL')
  await survivors(families)
}

/** A process of the machine, as /proc shows it; its start time tells it from a later one with the same id. */
interface ProcessEntry {
  readonly pid: number
  readonly parentPid: number
  readonly startedAt: string
  readonly command: string
}

/** All living processes that come from this one, and those that work on the folder, with theirs. */
export function familyOf(pid: number, folder: string | null): ProcessEntry[] {
  const all = listProcesses()
  const family = new Set(
    all.filter((entry) => entry.pid === pid || (folder !== null && entry.command.includes(folder))),
  )
  for (let size = -1; size !== family.size; ) {
    size = family.size
    const pids = new Set([...family].map((entry) => entry.pid))
    for (const entry of all) if (pids.has(entry.parentPid)) family.add(entry)
  }
  return [...family]
}

/** Waits until none of these lives; gives those that still do at the end of patience. */
export async function survivors(family: readonly ProcessEntry[], patienceMs = 10_000): Promise<ProcessEntry[]> {
  for (const endsAt = performance.now() + patienceMs; ; await sleep(20)) {
    const living = new Set(listProcesses().map(({ pid, startedAt }) => `${pid} ${startedAt}`))
    const left = family.filter(({ pid, startedAt }) => living.has(`${pid} ${startedAt}`))
    if (left.length === 0 || performance.now() > endsAt) return left
  }
}

function listProcesses(): ProcessEntry[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readProcess(name) : []))
}

/** Nothing for one that is gone, or dead and not yet collected. */
function readProcess(pid: string): ProcessEntry[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, parentPid, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (state === 'Z' || state === 'X') return []
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return [{ pid: Number(pid), parentPid: Number(parentPid), startedAt: rest[17] ?? '', command }]
  } catch {
    return []
  }
}
