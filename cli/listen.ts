import type { FastifyInstance } from 'fastify'
import type { CliEnvironment } from '../platform/environment.ts'

const PORTS_TRIED_MAX = 20

/** Listens on the port asked for, or on the first free one after it; tells the address, and of the other port. */
export async function listen(
  http: FastifyInstance,
  { HOST, PORT }: CliEnvironment,
  onProgress: (line: string) => void,
): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    try {
      const url = await http.listen({ host: HOST, port: PORT + attempt })
      if (attempt > 0) onProgress(`port ${PORT} is taken, using ${PORT + attempt}; set PORT to choose`)
      return url
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      if (!isTaken || attempt === PORTS_TRIED_MAX) throw error
    }
  }
}
