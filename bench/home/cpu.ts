import { readdirSync, readFileSync } from 'node:fs'

/** Milliseconds of processor time that a process has used so far, in user and system mode, all its threads together. */
export function cpuMs(pid: number): number {
  return schedulerCpuMs(pid) ?? statCpuMs(pid)
}

export function sumCpuMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuMs(pid), 0)
}

/** The scheduler counts nanoseconds for each thread; null where the kernel does not show them. */
function schedulerCpuMs(pid: number): number | null {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`)
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
