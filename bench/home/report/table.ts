import type { Measurement } from '../measure.ts'
import { spreadOf } from '../statistics.ts'

/** For a terminal. */
export function table(measured: ReadonlyMap<string, readonly Measurement[]>): string {
  const unit = spreadOf((measured.get('sql') ?? []).map(({ cpuMs }) => cpuMs)).median
  const header = ['case', 'CPU ms', 'min–max', '÷ sql', 'front', 'postgres', 'p50 ms', 'p99 ms', 'req/s', 'load']
  const rows = [...measured].map(([name, rounds]) => {
    const cpu = spreadOf(rounds.map(({ cpuMs }) => cpuMs))
    const median = (figure: (measurement: Measurement) => number) => spreadOf(rounds.map(figure)).median
    return [
      name,
      cpu.median.toFixed(3),
      `${cpu.min.toFixed(3)}–${cpu.max.toFixed(3)}`,
      (cpu.median / unit).toFixed(2),
      median(({ frontCpuMs }) => frontCpuMs).toFixed(3),
      median(({ databaseCpuMs }) => databaseCpuMs).toFixed(3),
      median(({ p50Ms }) => p50Ms).toFixed(1),
      median(({ p99Ms }) => p99Ms).toFixed(1),
      median(({ requests, seconds }) => requests / seconds).toFixed(0),
      median(({ generatorLoad }) => generatorLoad).toFixed(2),
    ]
  })
  return alignColumns([header, ...rows])
}

function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n')
}
