import { type ChildProcess, spawn } from 'node:child_process'
import { watchLine } from '../../platform/testing/log-watch.ts'
import { PROJECT_DIRECTORY } from '../project.ts'

export type LogLine = Readonly<Record<string, unknown>>

/** A process of ours, started as an operator starts it. */
export interface Child {
  readonly pid: number
  /** The lines of its log so far. */
  readonly lines: readonly LogLine[]
  readonly errorOutput: () => string
  /** Waits for a line of its log; rejects when the process ends first or it takes too long. */
  waitFor(matches: (line: LogLine) => boolean): Promise<LogLine>
  /** Where it listens: `http://127.0.0.1:…`. */
  untilListening(): Promise<string>
  readonly exited: Promise<number | null>
  signal(signal: NodeJS.Signals): void
}

const PATIENCE_MS = 30_000
const POLL_INTERVAL_MS = 10

/** Starts `node <script>` with these variables and no others. */
export function startChild(script: string, variables: Readonly<Record<string, string>>, args: string[] = []): Child {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: PROJECT_DIRECTORY,
    env: variables,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const lines = collectLines(child)
  let errorOutput = ''
  child.stderr.on('data', (chunk) => {
    errorOutput += chunk
  })

  async function waitFor(matches: (line: LogLine) => boolean): Promise<LogLine> {
    const patienceEndsAt = performance.now() + PATIENCE_MS
    while (performance.now() < patienceEndsAt) {
      const line = lines.find(matches)
      if (line) return line
      if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}: ${errorOutput}`)
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS))
    }
    throw new Error(`${script} did not log what was waited for: ${errorOutput}`)
  }

  return {
    pid: child.pid ?? 0,
    lines,
    errorOutput: () => errorOutput,
    waitFor,
    async untilListening() {
      const { address } = await waitFor(({ msg }) => msg === 'listening')
      return `http://127.0.0.1:${(address as { port: number }).port}`
    },
    exited,
    signal: (signal) => void child.kill(signal),
  }
}

/** Each line is one JSON object: a line that is not fails here. */
function collectLines(child: ChildProcess): LogLine[] {
  const lines: LogLine[] = []
  let rest = ''
  child.stdout?.on('data', (chunk) => {
    const texts = `${rest}${chunk}`.split('\n')
    rest = texts.pop() ?? ''
    for (const text of texts) {
      watchLine(text)
      lines.push(JSON.parse(text) as LogLine)
    }
  })
  return lines
}

/** Runs a command to its end and gives what it printed. */
export async function runChild(
  script: string,
  args: string[],
  variables: Readonly<Record<string, string>>,
): Promise<{ exitCode: number | null; output: string; errorOutput: string }> {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: PROJECT_DIRECTORY,
    env: variables,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errorOutput = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errorOutput += chunk
  })
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { exitCode, output, errorOutput }
}
