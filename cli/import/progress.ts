import type { Clock } from '../../platform/clock.ts'

/** Told how far an import is. */
export interface ImportProgress {
  start(bytesTotal: number): void
  /** Rows and bytes of a file, since the last time. */
  advance(file: string, rows: number, bytes: number): void
  stop(): void
}

export const noProgress: ImportProgress = {
  start: () => undefined,
  advance: () => undefined,
  stop: () => undefined,
}

/** What progress is written to: standard error, or a test. */
export interface ProgressOutput {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const BAR_INTERVAL_MS = 100
const LINE_INTERVAL_MS = 3_000
const BAR_WIDTH = 24

/** A bar that redraws itself on a terminal; elsewhere a line every few seconds. `things` is what is counted. */
export function createProgress(output: ProgressOutput, clock: Clock, things = 'rows'): ImportProgress {
  const isBar = output.isTTY === true
  const intervalMs = isBar ? BAR_INTERVAL_MS : LINE_INTERVAL_MS
  let state = { bytesTotal: 0, bytes: 0, rows: 0, file: '', startedAt: 0 }
  let shownAt = 0

  function show(now: number): void {
    shownAt = now
    const line = describe(state, things, now)
    output.write(isBar ? `\r${bar(state)} ${line}`.slice(0, output.columns ?? 120).concat('\u{1b}[K') : `${line}\n`)
  }

  return {
    start(bytesTotal) {
      const now = clock.now().getTime()
      state = { bytesTotal, bytes: 0, rows: 0, file: '', startedAt: now }
      shownAt = now
    },
    advance(file, rows, bytes) {
      state = { ...state, file, rows: state.rows + rows, bytes: state.bytes + bytes }
      const now = clock.now().getTime()
      if (now - shownAt >= intervalMs) show(now)
    },
    stop() {
      if (!isBar) return
      show(clock.now().getTime())
      output.write('\n')
    },
  }
}

interface State {
  readonly bytesTotal: number
  readonly bytes: number
  readonly rows: number
  readonly file: string
  readonly startedAt: number
}

function bar({ bytes, bytesTotal }: State): string {
  const filled = Math.round(BAR_WIDTH * share(bytes, bytesTotal))
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`
}

/** `42 %  1,300,000 rows  41,000 rows/s  0:38 left  lines.csv` */
function describe({ bytes, bytesTotal, rows, file, startedAt }: State, things: string, now: number): string {
  const seconds = Math.max((now - startedAt) / 1000, 0.001)
  const done = share(bytes, bytesTotal)
  const left = done === 0 ? '' : `  ${formatSeconds((seconds / done) * (1 - done))} left`
  const speed = Math.round(rows / seconds)
  return `${Math.floor(done * 100)} %  ${rows.toLocaleString('en')} ${things}  ${speed.toLocaleString('en')} ${things}/s${left}  ${file}`
}

function share(bytes: number, bytesTotal: number): number {
  return bytesTotal === 0 ? 1 : Math.min(bytes / bytesTotal, 1)
}

function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
