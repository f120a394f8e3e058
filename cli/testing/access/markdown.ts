import type { SchemaPolicies } from './policies.ts'
import type { Cell } from './table.ts'
import { VIEWER_KINDS } from './viewers.ts'

const HEADER = `# Who may read and do what

Made from the schemas by \`npm run docs:access\`, after every cell was tried through the gateway; not edited by hand.
A row is a field of the API, a column is who asks, and \`✓\` says that they get it. The rules are the \`@access\` of
\`schema/\`. Accounts ask about a line and an account as the column's name says: *linked* is somebody who was given
that right on another's line, *organization* is a person who acts for the organization that owns the line. An
expired or forged token is refused as a whole, with 401, whatever it asks for.
`

/** The table as a page, one table a type, each with the rules that its fields name. */
export function toMarkdown({ fields }: SchemaPolicies, cells: readonly Cell[]): string {
  const allowed = new Set(cells.filter((cell) => cell.isAllowed).map(({ row, column }) => `${row} ${column}`))
  const columns = VIEWER_KINDS.map(({ name }) => name)
  const tables = [...Map.groupBy(fields, ({ type }) => type)].map(([type, rows]) => [
    `## ${type}\n`,
    tableRow([type, ...columns, 'rules']),
    tableRow(['---', ...columns.map(() => ':-:'), '---']),
    ...rows.map(({ field, to }) => {
      const marks = columns.map((column) => (allowed.has(`${type}.${field} ${column}`) ? '✓' : ''))
      return tableRow([`\`${field}\``, ...marks, to.join(', ')])
    }),
  ])
  return `${HEADER}\n${tables.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function tableRow(values: readonly string[]): string {
  return `| ${values.join(' | ')} |`
}
