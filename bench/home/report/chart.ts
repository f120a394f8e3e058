import type { BenchResult, CaseResult, ScenarioResult } from './result.ts'

const WIDTH = 860
const ROW_HEIGHT = 34
const TOP = 64
const TITLE_WIDTH = 250
const BAR_WIDTH = 470
const BAR_HEIGHT = 18

/** The main scenario as bars, one part for each kind of process. Readable on light and dark pages. */
export function chart(result: BenchResult, { cases, connections, lineCount }: ScenarioResult): string {
  const height = TOP + cases.length * ROW_HEIGHT + 34
  const most = Math.max(...cases.map(({ cpuMs }) => cpuMs.median))
  const title = 'Home query: processor milliseconds for each request'
  const subtitle = `${connections} at once, ${lineCount} lines a viewer; Node ${result.node.slice(1)}, PostgreSQL ${result.postgres}, ${result.date.slice(0, 10)}`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${title}">
<style>${STYLE}</style>
<text class="title" x="0" y="18">${title}</text>
<text class="faint" x="0" y="38">${escapeXml(subtitle)}</text>
${cases.map((item, index) => row(item, TOP + index * ROW_HEIGHT, BAR_WIDTH / most)).join('\n')}
${legend(height - 12)}
</svg>
`
}

/** Grey text is readable on white and on black; a page that says which it is gets its own. */
const STYLE = [
  'text{font:13px system-ui,sans-serif;fill:#57606a}',
  '.title{font-size:15px;font-weight:600}',
  '.faint{font-size:12px;opacity:.85}',
  '.own{font-weight:600}',
  '.front{fill:#2f81f7}.behind{fill:#a371f7}.database{fill:#3fb950}',
  '@media (prefers-color-scheme:dark){text{fill:#c9d1d9}}',
].join('')

function row({ name, title, cpuMs, ratio, frontCpuMs, databaseCpuMs }: CaseResult, y: number, scale: number): string {
  const parts = [
    { kind: 'front', ms: frontCpuMs },
    { kind: 'behind', ms: Math.max(0, cpuMs.median - frontCpuMs - databaseCpuMs) },
    { kind: 'database', ms: databaseCpuMs },
  ]
  let x = TITLE_WIDTH
  const bars = parts.map(({ kind, ms }) => {
    const bar = `<rect class="${kind}" x="${x.toFixed(1)}" y="${y}" width="${(ms * scale).toFixed(1)}" height="${BAR_HEIGHT}"/>`
    x += ms * scale
    return bar
  })
  const own = /^(one|many)\b/.test(name) ? ' class="own"' : ''
  const figure = `${cpuMs.median.toFixed(2)} ms${ratio === null ? '' : ` · ${ratio.toFixed(1)} ×`}`
  return [
    `<text${own} x="0" y="${y + 14}">${escapeXml(title)}</text>`,
    ...bars,
    `<text${own} x="${(x + 8).toFixed(1)}" y="${y + 14}">${figure}</text>`,
  ].join('')
}

function legend(y: number): string {
  const entries = [
    ['front', 'what clients talk to'],
    ['behind', 'subgraph processes behind it'],
    ['database', 'PostgreSQL'],
  ] as const
  return entries
    .map(([kind, text], index) => {
      const x = TITLE_WIDTH + index * 170 + (index === 2 ? 40 : 0)
      return `<rect class="${kind}" x="${x}" y="${y - 10}" width="10" height="10"/><text class="faint" x="${x + 15}" y="${y}">${text}</text>`
    })
    .join('')
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
