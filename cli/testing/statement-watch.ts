import { AsyncLocalStorage } from 'node:async_hooks'
import type { SubgraphName } from '../../platform/subgraph/name.ts'

export interface AskedStatement {
  readonly subgraph: SubgraphName
  readonly sql: string
}

/** Knows the statements of one question from those that processes send of themselves at the same time. */
export interface StatementWatch {
  /** To be given to the cabinet. */
  readonly onStatement: (subgraph: SubgraphName, sql: string) => void
  /** Asks, and gives what was answered and what the database was sent for it. */
  watch<Answer>(question: () => Promise<Answer>): Promise<{ answer: Answer; statements: AskedStatement[] }>
}

export function createStatementWatch(): StatementWatch {
  const asked = new AsyncLocalStorage<AskedStatement[]>()
  return {
    onStatement: (subgraph, sql) => void asked.getStore()?.push({ subgraph, sql }),
    async watch(question) {
      const statements: AskedStatement[] = []
      const answer = await asked.run(statements, question)
      return { answer, statements }
    },
  }
}
