import type { BenchCase } from './case.ts'
import { startGatewayServer } from './gateway-server.ts'

const FILE = 'bench/peers/hive.ts'

export const hiveCase: BenchCase = {
  name: 'hive',
  title: 'Hive Gateway, Rust planner',
  needsPeers: true,
  start: (world, options) => startGatewayServer(FILE, world, options.nodeOptions, options.subgraphs),
}

export const hiveUnbatchedCase: BenchCase = {
  name: 'hive-unbatched',
  title: 'Hive Gateway, unbatched subgraphs',
  needsPeers: true,
  start: (world, options) => startGatewayServer(FILE, world, options.nodeOptions, options.unbatchedSubgraphs),
}
