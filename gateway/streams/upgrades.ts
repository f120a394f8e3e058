import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** A request that asks to become a WebSocket, with what is needed to make it one. */
export interface Upgrade {
  readonly socket: Socket
  readonly head: Buffer
  /** Through which the request is refused, as any other. */
  readonly response: ServerResponse
}

/**
 * Sends requests for a WebSocket through the routes of the server, so that they have an id, an address and a place as
 * any other. Other upgrades are none of ours: such a request is answered as if it had not asked.
 */
export function routeUpgrades(http: FastifyInstance): WeakMap<IncomingMessage, Upgrade> {
  const upgrades = new WeakMap<IncomingMessage, Upgrade>()
  Object.assign(http.server, { shouldUpgradeCallback: isForWebSocket })
  http.server.on('upgrade', (request, _, head) => {
    const { socket } = request
    const response = new ServerResponse(request)
    response.assignSocket(socket)
    // Nobody reads from here on but a WebSocket: a request that is refused takes its connection with it.
    response.shouldKeepAlive = false
    response.once('finish', () => socket.destroySoon())
    socket.on('error', () => undefined)
    upgrades.set(request, { socket, head, response })
    http.routing(request, response)
  })
  return upgrades
}

function isForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
}
