import { GraphQLError } from 'graphql'
import { hash } from './random.ts'

/** How often subgraphs misbehave, each a probability. */
export interface FaultRates {
  /** A whole fetch gets no answer. */
  readonly reject: number
  /** A fetch is answered with an error that names no place. */
  readonly pathless: number
  /** A field throws. */
  readonly error: number
  /** A nullable field is null; one that may not be is so ten times less often. */
  readonly null: number
  /** An entity is not known. */
  readonly noEntity: number
  /** A leaf is of another type than it should be. */
  readonly corrupt: number
}

export const NO_FAULTS: FaultRates = { reject: 0, pathless: 0, error: 0, null: 0, noEntity: 0, corrupt: 0 }

/** Ways for subgraphs to behave, from all well to all at once. */
export const BEHAVIOURS: readonly FaultRates[] = [
  NO_FAULTS,
  { ...NO_FAULTS, null: 0.15, noEntity: 0.1 },
  { ...NO_FAULTS, reject: 0.3 },
  { ...NO_FAULTS, error: 0.1 },
  { ...NO_FAULTS, corrupt: 0.05 },
  { reject: 0.05, pathless: 0.1, error: 0.05, null: 0.05, noEntity: 0.05, corrupt: 0.02 },
]

/** Whether a thing goes wrong; the seed alone decides. */
export function strikes(rate: number, seed: string): boolean {
  return rate > 0 && hash(seed) / 2 ** 32 < rate
}

const CODES = ['FORBIDDEN', 'NOT_FOUND', 'BAD_USER_INPUT', undefined]

/** An error of a subgraph, with a code of its own or without. */
export function subgraphError(place: string): GraphQLError {
  const code = CODES[hash(place) % CODES.length]
  return new GraphQLError(`broken: ${place}`, { extensions: { ...(code && { code }), retries: 1 } })
}
