/** What the bench tells its load process to do. */
export interface LoadOrder {
  readonly port: number
  readonly connections: number
  readonly warmUpSeconds: number
  readonly seconds: number
  readonly seed: number
  /** The tokens of those who ask. Each connection has its own of them, as each telephone has its own owner. */
  readonly tokens: readonly string[]
  readonly body: string
}

/** What the load process tells the bench: first that counting begins, then what was counted. */
export type LoadReport = { readonly kind: 'counting' } | ({ readonly kind: 'counted' } & LoadFigures) | LoadFailure

export interface LoadFigures {
  readonly requests: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly bytesPerAnswer: number
  /** Of one core, from 0 to 1: near 1 the load itself was the limit. */
  readonly generatorLoad: number
}

interface LoadFailure {
  readonly kind: 'failed'
  readonly message: string
}
