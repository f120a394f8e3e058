import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { processTerminal } from '../cli/terminal.ts'
import { familyOf, killAll, startProcess } from '../cli/testing/start-process.ts'
import { cpuBetween, readCpu } from './home/cpu.ts'
import { spreadOf } from './home/statistics.ts'

/** What somebody waits who starts the cabinet again. */
const READY_AGAIN_MS = 5_000

const program = new Command('start')
  .description('`npm start` on an empty folder and then again and again: what one waits, and what the processor does')
  .option('--again <count>', 'how many times after the first', '7')
  .parse()
const again = Number(program.opts<{ again: string }>().again)
const folder = await mkdtemp(path.join(tmpdir(), 'cabinet-bench-start-'))

/** Starts, asks nothing, stops. The processes that it has left at work are counted; those that have ended, such as `initdb`, are not. */
async function measureStart(): Promise<{ readonly readyMs: number; readonly cpuMs: number }> {
  const started = await startProcess({ stateDirectory: folder })
  const pids = familyOf(started.pid, folder).map(({ pid }) => pid)
  const cpuMs = cpuBetween(new Map(), readCpu(pids))
  process.kill(started.pid, 'SIGTERM')
  await started.exitCode()
  processTerminal.progress(`ready after ${Math.round(started.readyAfterMs)} ms, processor ${Math.round(cpuMs)} ms`)
  return { readyMs: started.readyAfterMs, cpuMs }
}

try {
  const first = await measureStart()
  const others: (typeof first)[] = []
  while (others.length < again) others.push(await measureStart())
  const ready = spreadOf(others.map(({ readyMs }) => readyMs))
  const cpu = spreadOf(others.map(({ cpuMs }) => cpuMs))
  console.table({
    first: { 'ready ms': Math.round(first.readyMs), 'processor ms': Math.round(first.cpuMs) },
    again: { 'ready ms': Math.round(ready.median), 'processor ms': Math.round(cpu.median) },
  })
  if (ready.median > READY_AGAIN_MS) process.exitCode = 1
} finally {
  await killAll()
  await rm(folder, { recursive: true, force: true })
}
