/** What the bench tells its load process to do. */
export interface LoadOrder {
  readonly port: number
  readonly connections: number
  readonly warmUpSeconds: number
  readonly seconds: number
  readonly seed: number
  /** How long a connection rests after an answer. */
  readonly pauseMs: number
  /** Those who ask. Each connection has its own of them, as each telephone has its own owner. */
  readonly viewers: readonly LoadViewer[]
  readonly body: string
}

export interface LoadViewer {
  readonly token: string
  /** What an answer to this viewer names, and an answer to another does not. */
  readonly accountId: string
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
