import { z } from 'zod'

/** One operation of a batch, and who asks: a batch holds operations of many viewers. */
export interface WireOperation {
  readonly query: string
  readonly operationName?: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  /** The token that the gateway signed for this subgraph and viewer. */
  readonly identity: string
  readonly requestId: string
  /** The span that asks, where traces are kept. */
  readonly traceparent?: string | undefined
}

export function encodeOperation(operation: WireOperation): string {
  return JSON.stringify(operation)
}

/** The body of a batch of operations that are encoded. */
export function encodeBatch(operations: readonly string[]): string {
  return `{"operations":[${operations.join(',')}]}`
}

const batchSchema = z.object({
  operations: z.array(
    z.object({
      query: z.string(),
      operationName: z.string().optional(),
      variables: z.record(z.string(), z.unknown()),
      identity: z.string(),
      requestId: z.string(),
      traceparent: z.string().optional(),
    }),
  ),
})

/** The operations of a body that was parsed from JSON; null when it is no batch. */
export function decodeOperations(body: unknown): WireOperation[] | null {
  const batch = batchSchema.safeParse(body)
  return batch.success ? batch.data.operations : null
}

/** One line of the answer: which operation of the batch, and its result. */
export function encodeAnswer(index: number, result: unknown): string {
  return `${index} ${JSON.stringify(result)}\n`
}

/** Throws when the line is not one of `encodeAnswer`. */
export function decodeAnswer(line: string): { readonly index: number; readonly result: unknown } {
  const space = line.indexOf(' ')
  return { index: Number(line.slice(0, space)), result: JSON.parse(line.slice(space + 1)) }
}
