const VERB = /^\W*(\w+)/
const TABLE = /\b(?:from|into|update)\s+"?(\w+)"?(?:\."?(\w+)"?)?/i

/** What a statement does and to which table, and nothing of what it says. */
export function statementName(sql: string): string {
  const verb = VERB.exec(sql)?.[1]?.toLowerCase() ?? 'statement'
  const [, schema, table] = TABLE.exec(sql) ?? []
  return [verb, schema && (table ? `${schema}.${table}` : schema)].filter(Boolean).join(' ')
}
