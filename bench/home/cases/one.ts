import type { BenchCase } from './case.ts'
import { startSingleServer } from './single-server.ts'

export const oneCase: BenchCase = {
  name: 'one',
  title: 'Cabinet, one process',
  start: (world, options) => startSingleServer('one', 'bench/home/servers/cabinet/one-process.ts', world, options),
}
