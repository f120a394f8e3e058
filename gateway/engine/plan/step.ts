import type { GraphQLError } from 'graphql'
import type { JsonObject } from '../value.ts'

/** One run of an operation: what the steps of its plan read and add to. */
export interface Run<Context> {
  /** What was fetched so far, merged: the client's answer is cut out of it. */
  readonly data: JsonObject
  /** The client's variables as they came: a subgraph's operation has the defaults itself. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: Context
  readonly errors: GraphQLError[]
}

/** Where a step works: the objects that its path leads to. `@` in the path stands for each item of a list. */
export interface Cursor {
  readonly path: readonly string[]
  readonly targets: readonly JsonObject[]
}

/** A compiled node of a plan. It never rejects for what a subgraph did: that is among the run's errors. */
export type Step<Context> = (cursor: Cursor, run: Run<Context>) => Promise<void> | undefined

/** Sends one operation of a plan to its subgraph; made once for each fetch of a plan. Rejects when no answer came. */
export type Send<Context> = (variables: Readonly<Record<string, unknown>>, context: Context) => Promise<SubgraphResult>

/** What a subgraph answered. The data are the engine's own: it merges them in place. */
export interface SubgraphResult {
  readonly data?: JsonObject | null | undefined
  readonly errors?: readonly import('../subgraph-error.ts').SubgraphError[] | undefined
}

/** What an operation of a plan is, to whoever prepares to send it. */
export interface FetchOperation {
  readonly subgraph: string
  readonly query: string
  readonly operationName: string | undefined
  readonly kind: 'query' | 'mutation' | 'subscription'
}

export type PrepareFetch<Context> = (operation: FetchOperation) => Send<Context>

/** Opens the stream that a subscription begins with. Never rejects for what the subgraph did: that is a result. */
export type OpenStream<Context> = (
  variables: Readonly<Record<string, unknown>>,
  context: Context,
) => Promise<AsyncIterator<SubgraphResult>>

export type PrepareStream<Context> = (operation: FetchOperation) => OpenStream<Context>
