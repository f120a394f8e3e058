import type { World } from '../world/world.ts'
import type { BenchCase, RunningCase } from './case.ts'
import { startSingleServer } from './single-server.ts'
import { UNBATCHED } from './unbatched.ts'

const FILE = 'bench/home/servers/cabinet/one-process.ts'

export const oneCase: BenchCase = {
  name: 'one',
  title: 'Cabinet, one process',
  start: (world, options) => startSingleServer('one', FILE, world, options),
}

/** The product in one process, for what is measured beside requests. */
export function startOneProcess(world: World): Promise<RunningCase> {
  return startSingleServer('one', FILE, world, { nodeOptions: [] })
}

export const oneUnbatchedCase: BenchCase = {
  name: 'one-unbatched',
  title: 'Cabinet, one process, unbatched',
  start: (world, { nodeOptions, ...options }) =>
    startSingleServer('one-unbatched', FILE, world, { ...options, nodeOptions: [...nodeOptions, ...UNBATCHED] }),
}
