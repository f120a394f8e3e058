import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What the process of the stand-in is told. */
export interface SmscArguments {
  readonly systemId: string
  readonly password: string
  /** 0 takes a free one. */
  readonly port: number
  /** The file that messages are kept in. */
  readonly inbox: string
  readonly messagesKept: number
  readonly answerDelayMs: number
  readonly receiptDelayMs: number
}

/** Where it listens, on this machine. */
export interface SmscPorts {
  readonly smpp: number
  readonly page: number
}

export interface SmscProcess extends SmscPorts {
  readonly child: ChildProcess
  stop(): Promise<void>
}

const PROGRAM = fileURLToPath(new URL('main.ts', import.meta.url))

/** Starts the stand-in; rejects when it ends before it listens. */
export async function startSmscProcess(options: SmscArguments): Promise<SmscProcess> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const ports = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => JSON.parse(line as string) as SmscPorts),
    exited.then(([code]) => {
      throw new Error(`the stand-in of the message centre ended with ${code}`)
    }),
  ])
  return {
    ...ports,
    child,
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}
