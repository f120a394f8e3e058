import { GraphQLError } from 'graphql'

/** A value that cannot be shown: its nearest nullable parent becomes null. */
export const BUBBLE = Symbol('a null where none may be')

/** Cuts what a client asked for out of a fetched value. `place` names the value for an error message. */
export type Project = (value: unknown, run: ProjectionRun, place: () => string) => unknown

/** One projection of one answer. */
export class ProjectionRun {
  readonly path: (string | number)[] = []
  readonly errors: GraphQLError[] = []
  readonly introspection: (key: string) => unknown

  constructor(introspection: (key: string) => unknown) {
    this.introspection = introspection
  }

  get reportCount(): number {
    return this.errors.length
  }

  /** Tells of a value that the subgraphs should not have sent. */
  report(message: string): void {
    this.errors.push(new GraphQLError(message, { path: [...this.path], extensions: { code: 'INVALID_GRAPHQL' } }))
  }
}
