import { expect, it } from 'vitest'
import { createProgress } from './progress.ts'

it('draws a bar with rows, speed and what is left on a terminal', () => {
  expect(run({ isTTY: true, columns: 200 })).toEqual([
    '\r██████░░░░░░░░░░░░░░░░░░ 25 %  50,000 rows  25,000 rows/s  0:06 left  lines.csv\u{1b}[K',
    '\r████████████████████████ 100 %  90,000 rows  22,500 rows/s  0:00 left  usage.csv\u{1b}[K',
    '\n',
  ])
})

it('cuts the bar to a narrow terminal, so that it stays on its line', () => {
  for (const text of run({ isTTY: true, columns: 40 })) expect(text.length).toBeLessThan(45)
})

it('writes a line every few seconds where there is no terminal', () => {
  expect(run({})).toEqual(['100 %  90,000 rows  22,500 rows/s  0:00 left  usage.csv\n'])
})

function run(output: { isTTY?: boolean; columns?: number }): string[] {
  const texts: string[] = []
  let now = 0
  const progress = createProgress({ ...output, write: (text) => texts.push(text) }, { now: () => new Date(now) })
  progress.start(1_000)
  now = 2_000
  progress.advance('lines.csv', 50_000, 250)
  now = 2_050
  progress.advance('lines.csv', 0, 0)
  now = 4_000
  progress.advance('usage.csv', 40_000, 750)
  progress.stop()
  return output.isTTY ? texts.filter((_, index) => index !== 1) : texts
}
