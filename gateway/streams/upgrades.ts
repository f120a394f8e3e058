import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'

/** A request that asks to become a WebSocket, with what is needed to make it one. */
export interface Upgrade {
  readonly socket: Duplex
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
  http.server.on('upgrade', (request, socket, head) => {
    const response = new ServerResponse(request)
    response.assignSocket(request.socket)
    upgrades.set(request, { socket, head, response })
    http.routing(request, response)
  })
  return upgrades
}

function isForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
}
