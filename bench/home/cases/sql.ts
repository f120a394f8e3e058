import type { BenchCase } from './case.ts'
import { startSingleServer } from './single-server.ts'

export const sqlCase: BenchCase = {
  name: 'sql',
  title: 'One hand-written SQL, node:http',
  start: (world, options) => startSingleServer('sql', 'bench/home/servers/sql/server.ts', world, options),
}
