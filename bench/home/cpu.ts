import { readdirSync, readFileSync } from 'node:fs'

/** Milliseconds of processor time by process id: used so far, in user and system mode, by all threads together. */
export type CpuReading = ReadonlyMap<number, number>

/** Processes that have ended are not in it. */
export function readCpu(pids: readonly number[]): CpuReading {
  const readings = new Map<number, number>()
  for (const pid of pids) {
    const ms = cpuMs(pid)
    if (ms !== null) readings.set(pid, ms)
  }
  return readings
}

/** What was used between two readings. A process that began in between counts whole, one that ended not at all. */
export function cpuBetween(before: CpuReading, after: CpuReading): number {
  let sum = 0
  for (const [pid, ms] of after) sum += ms - (before.get(pid) ?? 0)
  return sum
}

function cpuMs(pid: number): number | null {
  try {
    return schedulerCpuMs(pid) ?? statCpuMs(pid)
  } catch {
    return null
  }
}

/** The scheduler counts nanoseconds for each thread; null where the kernel does not show them. */
function schedulerCpuMs(pid: number): number | null {
  const tasks = readdirSync(`/proc/${pid}/task`)
  try {
    return tasks.reduce((sum, task) => sum + taskNanoseconds(pid, task) / 1e6, 0)
  } catch {
    return null
  }
}

function taskNanoseconds(pid: number, task: string): number {
  return Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
}

/** `utime` and `stime`, in ticks of which there are a hundred a second. */
function statCpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
