import type { BenchCase } from './case.ts'
import { startSingleServer } from './single-server.ts'

export const mercuriusCase: BenchCase = {
  name: 'mercurius',
  title: 'Mercurius with jit, no federation',
  needsPeers: true,
  start: (world, options) => startSingleServer('mercurius', 'bench/peers/mercurius.ts', world, options),
}
