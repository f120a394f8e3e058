import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { promisify } from 'node:util'
import type { FastifyInstance } from 'fastify'

/**
 * Node takes one new connection from a listener in each turn of the event loop. In a process that has much to do a turn
 * takes a twentieth of a second: twenty who come in a second would be let in, and all others wait before the door, where
 * nobody can send them away. So many listen at one port, among whom the system spreads those who come.
 */
const LISTENERS = 128

export interface ListenOptions {
  readonly host: string
  readonly port: number
}

/** Listens where many may come at once. To be called before the server is ready. */
export async function listenWidely(http: FastifyInstance, { host, port }: ListenOptions): Promise<void> {
  // Elsewhere a port is one listener's.
  const isSpread = process.platform === 'linux'
  const helpers = Array.from({ length: isSpread ? LISTENERS - 1 : 0 }, () => helperOf(http))
  await refuseTaken({ host, port })
  // Each waits for the connections that came by it, so that what is in flight is finished.
  http.addHook('preClose', async () => {
    await Promise.all([http.server, ...helpers].map((server) => promisify(server.close.bind(server))()))
  })
  await http.listen({ host, port, ...(isSpread && { reusePort: true }) })
  const address = http.server.address() as AddressInfo
  await Promise.all(helpers.map((helper) => listenAt(helper, address)))
}

/** Two processes that spread so would share a port, and neither be told. */
async function refuseTaken(address: ListenOptions): Promise<void> {
  const alone = createServer().listen(address)
  await once(alone, 'listening')
  await promisify(alone.close.bind(alone))()
}

/** Takes connections for the server, as Node's own HTTP server takes them. */
function helperOf({ server }: FastifyInstance): Server {
  return createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit('connection', socket))
}

async function listenAt(helper: Server, { address, port }: AddressInfo): Promise<void> {
  helper.listen({ host: address, port, reusePort: true })
  await once(helper, 'listening')
}
