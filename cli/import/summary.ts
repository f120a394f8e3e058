import { type CurrencyCode, formatKopecks } from '../../platform/money.ts'
import type { FileReport, ImportReport } from './report.ts'

/** The end of an import in words: what became of each file, what the base now holds of it, where the rejects are. */
export function formatSummary(report: ImportReport, currency: CurrencyCode): string {
  return [...formatFiles(report.files), '', ...formatSums(report, currency), '', formatRejects(report)].join('\n')
}

function formatFiles(files: readonly FileReport[]): string[] {
  const header = ['', 'read', 'accepted', 'there already', 'rejected']
  const rows = files.map((file) => [
    file.file,
    ...[file.readCount, file.addedCount, file.presentCount, file.rejectedCount].map(count),
  ])
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)))
  const lines = [header, ...rows].map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  )
  return [...lines, ...files.flatMap(formatNotes)]
}

function formatNotes({ file, skipped, ignoredColumns }: FileReport): string[] {
  return [
    ...(skipped === null ? [] : [`${file} was skipped: ${skipped}.`]),
    ...(ignoredColumns.length === 0 ? [] : [`${file}: columns not known, and ignored: ${ignoredColumns.join(', ')}.`]),
  ]
}

function formatSums({ sums }: ImportReport, currency: CurrencyCode): string[] {
  return [
    `Accounts          ${count(sums.accounts)}`,
    `Lines             ${count(sums.lines)}`,
    `Active options    ${count(sums.activeOptions)}`,
    `Opening balances  ${amount(sums.openingBalance)} ${currency}`,
    `Bonus points      ${count(sums.points)}`,
    `Top-ups           ${count(sums.topUps)}, ${amount(sums.toppedUp)} ${currency}`,
    `Usage records     ${count(sums.usageRecords)}`,
  ]
}

function formatRejects({ files, rejectedCount, rejectsPath, durationMs }: ImportReport): string {
  const rows = files.reduce((sum, file) => sum + file.readCount, 0)
  const seconds = Math.max(durationMs / 1000, 0.001)
  const speed = `${count(rows)} rows in ${seconds.toFixed(1)} s, ${count(Math.round(rows / seconds))} rows/s.`
  if (rejectedCount === 0) return `${speed} Nothing was rejected.`
  return `${speed} ${count(rejectedCount)} rejected, each named in ${rejectsPath}; everything else is in.`
}

function count(value: number | bigint): string {
  return value.toLocaleString('en')
}

/** `16,056,168.70` */
function amount(kopecks: bigint): string {
  const text = formatKopecks(kopecks)
  return text.replace(/\B(?=(\d{3})+(?=\.))/g, ',')
}
