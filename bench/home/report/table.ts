import type { BenchResult, CaseResult, ScenarioResult } from './result.ts'

/** The whole result for a terminal. */
export function tables(result: Pick<BenchResult, 'scenarios' | 'coldStarts'>): string {
  return [...result.scenarios.map(scenarioTable), coldTable(result.coldStarts)].filter(Boolean).join('\n\n')
}

const HEADER = ['case', 'CPU ms', 'min–max', '÷ sql', 'front', 'postgres', 'p50 ms', 'p99 ms', 'req/s', 'load']

function scenarioTable({ connections, lineCount, rounds, secondsEach, cases }: ScenarioResult): string {
  const title = `${connections} at once, ${lineCount} ${lineCount === 1 ? 'line' : 'lines'} a viewer, ${rounds} × ${secondsEach} s`
  return `${title}\n${alignColumns([HEADER, ...cases.map(toRow)])}`
}

function toRow(result: CaseResult): string[] {
  const { name, cpuMs, ratio, frontCpuMs, databaseCpuMs, p50Ms, p99Ms, requestsPerSecond, generatorLoad } = result
  return [
    name,
    cpuMs.median.toFixed(3),
    `${cpuMs.min.toFixed(3)}–${cpuMs.max.toFixed(3)}`,
    ratio?.toFixed(2) ?? '–',
    frontCpuMs.toFixed(3),
    databaseCpuMs.toFixed(3),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    String(requestsPerSecond),
    generatorLoad.toFixed(2),
  ]
}

function coldTable(colds: BenchResult['coldStarts']): string {
  if (colds.length === 0) return ''
  const rows = colds.map(({ name, startMs, firstMs, secondMs }) => [
    name,
    ...[startMs, firstMs, secondMs].map(({ median }) => median.toFixed(0)),
  ])
  return `after a start\n${alignColumns([['case', 'listens after ms', 'first request ms', 'second ms'], ...rows])}`
}

function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join('  ')).join('\n')
}

function pad(cell: string, column: number, width: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}
