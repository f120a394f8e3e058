import { type Answer, type Connection, openConnection } from '../../home/load/connection.ts'

/** As many connections as are needed at once, kept for those who come later. */
export interface ConnectionPool {
  /** How many were opened. */
  readonly opened: number
  /** Rejects when there is no answer within the time. */
  ask(request: Buffer, mark: Buffer, patienceMs: number): Promise<Answer>
  close(): void
}

export function createConnectionPool(port: number): ConnectionPool {
  const all = new Set<Connection>()
  const idle: Connection[] = []
  let opened = 0

  async function connect(): Promise<Connection> {
    opened++
    const connection = await openConnection(port)
    all.add(connection)
    return connection
  }

  return {
    get opened() {
      return opened
    },
    async ask(request, mark, patienceMs) {
      const connection = idle.pop() ?? (await connect())
      const timer = setTimeout(connection.close, patienceMs)
      try {
        const answer = await connection.ask(request, mark)
        idle.push(connection)
        return answer
      } finally {
        clearTimeout(timer)
      }
    },
    close() {
      for (const connection of all) connection.close()
    },
  }
}
