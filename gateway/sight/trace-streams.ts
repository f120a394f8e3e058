import { inRootSpan, nameSpan, runningSpan } from '../../platform/sight/tracing.ts'
import { operationSpan } from './trace-operations.ts'

/** Runs what is to be done for one event of a stream. */
export type InEvent = <Value>(select: () => Value) => Value

/** Opens a stream in a trace that is over when the stream stands: it may go on for hours. */
export function inStreamSpan<Value>(open: () => Value): Value {
  return inRootSpan('subscription', {}, open)
}

/**
 * Names the trace of a stream that is being opened. Each of its events has a trace of its own, linked to that: what it
 * takes to wait for one is nobody's time.
 */
export function nameStream(name: string): InEvent {
  nameSpan(...operationSpan('subscription', name))
  const options = { attributes: { 'graphql.operation.name': name }, cause: runningSpan() }
  return (select) => inRootSpan(`event ${name}`, options, select)
}
