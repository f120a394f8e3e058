/** One case for one round: how often a second its work was done. */
export type RunCase = () => Promise<number>

export interface Load {
  readonly seconds: number
  /** How many work at once. */
  readonly clients: number
}

/** How often a second, by all clients together. */
export async function measure(load: Load, work: (client: number) => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  const endsAt = startedAt + load.seconds * 1_000
  let done = 0
  const run = async (client: number) => {
    for (; performance.now() < endsAt; done++) await work(client)
  }
  await Promise.all(Array.from({ length: load.clients }, (_, client) => run(client)))
  return (done * 1_000) / (performance.now() - startedAt)
}

export function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}
