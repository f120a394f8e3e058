import type { ExecutionResult } from 'graphql'

// A stream of results as lines: each a result, an empty one to show that all is well, and a last one that says that the
// stream has ended of itself. A stream that stops without it broke off, and is to be taken up again.

/** How often something is sent, be it nothing: who hears nothing for some times this long takes the other for dead. */
export const STREAM_HEARTBEAT_MS = 5_000

export const HEARTBEAT_LINE = '\n'
export const END_LINE = 'end\n'

export function encodeResult(result: ExecutionResult): string {
  return `${JSON.stringify(result)}\n`
}

export type StreamLine =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'end' }

/** A line without its end. Throws when it is none of ours. */
export function decodeStreamLine(line: string): StreamLine {
  if (line === '') return { kind: 'heartbeat' }
  return line === 'end' ? { kind: 'end' } : { kind: 'result', result: JSON.parse(line) }
}
