import { GraphQLError } from 'graphql'

/** A value that cannot be shown: its nearest nullable parent becomes null. */
export const BUBBLE = Symbol('a null where none may be')

/** Cuts what a client asked for out of a fetched value. */
export type Project = (value: unknown, run: ProjectionRun) => unknown

/** What is said of a value of another type than its field has, and of a null where none may be. */
export const INVALID_VALUE = 'Invalid value found for'
export const INVALID_NULL = 'Cannot return null for non-nullable'

/** One projection of one answer. */
export class ProjectionRun {
  /** Where the projection stands: response names and places in lists. What is at `depth` and beyond is stale. */
  readonly path: (string | number)[] = []
  depth = 0
  readonly errors: GraphQLError[] = []
  readonly introspection: (key: string) => unknown

  constructor(introspection: (key: string) => unknown) {
    this.introspection = introspection
  }

  /** Tells of a value that the subgraphs should not have sent, at the place where the projection stands. */
  report(trouble: string, place: string): void {
    const path = this.path.slice(0, this.depth)
    const last = path.at(-1)
    const message = `${trouble} ${place}${typeof last === 'number' ? ` ${last}` : ''}.`
    this.errors.push(new GraphQLError(message, { path, extensions: { code: 'INVALID_GRAPHQL' } }))
  }
}
