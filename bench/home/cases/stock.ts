import type { BenchCase } from './case.ts'
import { startGatewayServer } from './gateway-server.ts'

export const stockCase: BenchCase = {
  name: 'stock',
  title: 'Stock Apollo Gateway, the same subgraph processes',
  start: (world, options) =>
    startGatewayServer('bench/home/servers/stock/server.ts', world, options.nodeOptions, options.subgraphs),
}
