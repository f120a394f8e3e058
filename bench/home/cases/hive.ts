import type { BenchCase } from './case.ts'
import { startGatewayServer } from './gateway-server.ts'

const FILE = 'bench/peers/hive.ts'

export const hiveCase: BenchCase = {
  name: 'hive',
  title: 'Hive Gateway, its Rust planner, the same subgraph processes',
  needsPeers: true,
  start: (world, options) => startGatewayServer(FILE, world, options.nodeOptions, options.subgraphs),
}

export const hiveUnbatchedCase: BenchCase = {
  name: 'hive-unbatched',
  title: 'Hive Gateway, the same subgraphs, no batching across requests',
  needsPeers: true,
  start: (world, options) => startGatewayServer(FILE, world, options.nodeOptions, options.unbatchedSubgraphs),
}
