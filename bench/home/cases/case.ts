import type { World } from '../world/world.ts'
import type { ServerProcess } from './process.ts'

/** One way to answer the home query. */
export interface BenchCase {
  readonly name: string
  /** In the table. */
  readonly title: string
  /** Whether it runs on packages of `bench/peers`. */
  readonly needsPeers?: true
  start(world: World, options: StartOptions): Promise<RunningCase>
}

export interface StartOptions {
  /** For the Node that runs what the case is about, such as `--cpu-prof`. */
  readonly nodeOptions: readonly string[]
  /** Subgraphs that several gateways are put before. */
  subgraphs(): Promise<RunningSubgraphs>
  /** The same without batching across requests. */
  unbatchedSubgraphs(): Promise<RunningSubgraphs>
}

/** The four subgraphs of the product, each a process. */
export interface RunningSubgraphs {
  readonly processes: readonly ServerProcess[]
  readonly urls: Readonly<Record<string, string>>
  /** Marks their database connections. */
  readonly databaseOwner: string
}

export interface RunningCase {
  /** What clients talk to. */
  readonly front: ServerProcess
  /** All processes whose work counts, the front among them. */
  readonly processes: readonly ServerProcess[]
  /** Marks the database connections whose work counts. */
  readonly databaseOwner: string
}
