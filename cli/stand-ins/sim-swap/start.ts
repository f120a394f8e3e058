import { systemClock } from '../../../platform/clock.ts'
import { createSimSwapClient } from '../../../platform/sim-swap/http-client.ts'
import type { SimSwap } from '../../../platform/sim-swap/sim-swap.ts'
import { createSimSwapStandIn } from './sim-swap.ts'

/** Where the stand-in listens unless another has the port, and what it wants to be told: on this machine only. */
export const STAND_IN_URL = 'http://127.0.0.1:4010'
export const STAND_IN_TOKEN = 'stand-in'

export interface RunningStandIn {
  readonly simSwap: SimSwap
  readonly url: string
  close(): Promise<void>
}

/** Starts the network to develop against, and a client of it. */
export async function startSimSwapStandIn(): Promise<RunningStandIn> {
  const http = createSimSwapStandIn({ token: STAND_IN_TOKEN, clock: systemClock })
  const { hostname: host, port } = new URL(STAND_IN_URL)
  const url = await http.listen({ host, port: Number(port) }).catch(() => http.listen({ host, port: 0 }))
  return { simSwap: createSimSwapClient({ url, token: STAND_IN_TOKEN }), url, close: () => http.close() }
}
