import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { collectDefaultMetrics, Registry } from 'prom-client'

/** What one process counts, on a port that only the operator's Prometheus reaches. */
export interface ProcessMetrics {
  readonly registry: Registry
  readonly port: number
  close(): Promise<void>
}

export interface MetricsEnvironment {
  readonly HOST: string
  readonly METRICS_HOST?: string | undefined
  readonly METRICS_PORT?: number | undefined
}

/** Serves `/metrics`; null, and nothing is counted, where no port is set. */
export async function openMetrics(name: string, environment: MetricsEnvironment): Promise<ProcessMetrics | null> {
  const { HOST, METRICS_HOST = HOST, METRICS_PORT } = environment
  if (METRICS_PORT === undefined) return null
  const registry = createRegistry(name)
  const server = createServer(async ({ method, url }, response) => {
    if (method !== 'GET' || url !== '/metrics') return void response.writeHead(404).end()
    try {
      const text = await registry.metrics()
      response.writeHead(200, { 'content-type': registry.contentType }).end(text)
    } catch {
      response.writeHead(500).end()
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(METRICS_PORT, METRICS_HOST, resolve)
  })
  return {
    registry,
    port: (server.address() as AddressInfo).port,
    async close() {
      registry.clear()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Each sample tells its process; Node.js tells of its memory, processor and event loop. */
export function createRegistry(name: string): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ process: name })
  collectDefaultMetrics({ register: registry })
  return registry
}
