import type { BenchCase } from './case.ts'
import { startGatewayServer } from './gateway-server.ts'

export const stockCase: BenchCase = {
  name: 'stock',
  title: 'Stock Apollo Gateway',
  start: (world, options) =>
    startGatewayServer('bench/home/servers/stock/server.ts', world, options.nodeOptions, options.subgraphs),
}
