import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { PaymentsArguments } from './kill-points.ts'

const SCRIPT = fileURLToPath(new URL('payments-process.ts', import.meta.url))
const PATIENCE_MS = 100_000
const LOOK_EVERY_MS = 50

/**
 * Runs payments until the process has killed itself, or until it has sent everything and nothing is under way any more.
 * Gives the signal that it died of; null when it lived. Only one may run on a database: events go to whichever is there.
 */
export async function runPayments(
  told: PaymentsArguments,
  underWay: () => Promise<number>,
): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(told)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const answers: string[] = []
  createInterface(child.stdout).on('line', (line) => answers.push(line))
  const isDead = () => child.signalCode !== null || child.exitCode !== null
  try {
    for (const endsAt = performance.now() + PATIENCE_MS; !isDead(); await sleep(LOOK_EVERY_MS)) {
      if (answers.includes('all are sent') && (await underWay()) === 0) break
      if (performance.now() > endsAt) throw new Error(`transfers do not end; answers so far: ${answers.join()}`)
    }
    child.stdin.end()
    const [, signal] = await exited
    return signal
  } finally {
    child.kill('SIGKILL')
  }
}
