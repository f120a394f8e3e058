import type { Merchants } from '../../../platform/merchants/merchants.ts'
import { createOsmp } from '../../../platform/merchants/osmp-client.ts'
import { DEMO_MERCHANTS } from '../../demo/merchants.ts'
import { createMerchantStandIn } from './merchants.ts'

export interface RunningMerchants {
  readonly merchants: Merchants
  /** What each transaction has paid, `<merchant>/<account> <sum>`. */
  readonly paid: ReadonlyMap<string, string>
  close(): Promise<void>
}

/** Starts the merchants of the demo on a free port, and a client of them. */
export async function startMerchantStandIn(): Promise<RunningMerchants> {
  const { http, paid } = createMerchantStandIn()
  const url = await http.listen({ host: '127.0.0.1', port: 0 })
  const endpoints = DEMO_MERCHANTS.map(({ id }) => ({ id, url: `${url}/${id}` }))
  return { merchants: createOsmp({ endpoints }), paid, close: () => http.close() }
}
