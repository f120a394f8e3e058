import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { processVariables } from '../../../platform/environment.ts'

/** A server that the bench started. */
export interface ServerProcess {
  readonly pid: number
  readonly port: number
  stop(): Promise<void>
}

export interface ServerStart {
  /** The entry point, from the root of the repository. */
  readonly file: string
  readonly port: number
  readonly arguments?: readonly string[]
  readonly variables?: Readonly<Record<string, string>>
  /** For Node itself, such as `--cpu-prof`. */
  readonly nodeOptions?: readonly string[]
}

const ROOT = new URL('../../../', import.meta.url)
const START_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 5_000

/** Starts a Node process and waits until its port takes connections. */
export async function startServer(start: ServerStart): Promise<ServerProcess> {
  const child = spawn(
    process.execPath,
    [...(start.nodeOptions ?? []), fileURLToPath(new URL(start.file, ROOT)), ...(start.arguments ?? [])],
    {
      cwd: ROOT,
      env: {
        ...processVariables(),
        NODE_ENV: 'production',
        LOG_LEVEL: 'warn',
        DRAIN_DELAY_MS: '0',
        ...start.variables,
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  await untilListening(child, start)
  return { pid: child.pid as number, port: start.port, stop: () => stop(child) }
}

async function untilListening(child: ChildProcess, { port, file }: ServerStart): Promise<void> {
  const patienceEndsAt = performance.now() + START_TIMEOUT_MS
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null) throw new Error(`${file} ended with code ${child.exitCode} while starting`)
    if (performance.now() > patienceEndsAt) throw new Error(`${file} did not listen on port ${port}`)
    await sleep(20)
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => socket.end(() => resolve(true)))
    socket.once('error', () => resolve(false))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await ended
  clearTimeout(timer)
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}
