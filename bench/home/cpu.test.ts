import { describe, expect, it } from 'vitest'
import { cpuBetween, readCpu } from './cpu.ts'

describe('processor time', () => {
  it.runIf(process.platform === 'linux')('is what this process says of itself', () => {
    const ownMs = () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1000
    }
    const own = ownMs()
    const before = readCpu([process.pid])
    const end = performance.now() + 200
    while (performance.now() < end) Math.sqrt(end)
    const used = cpuBetween(before, readCpu([process.pid]))
    expect(Math.abs(used - (ownMs() - own))).toBeLessThan(50)
  })

  it('counts a process that began in between whole, and one that ended not at all', () => {
    const before = new Map([
      [1, 100],
      [2, 50],
    ])
    const after = new Map([
      [1, 130],
      [3, 7],
    ])
    expect(cpuBetween(before, after)).toBe(37)
  })

  it('leaves out a process that is not there', () => {
    expect(readCpu([2 ** 30]).size).toBe(0)
  })
})
