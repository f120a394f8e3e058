import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { startTracing } from '../../platform/sight/tracing.ts'

/** Keeps the spans of this process; to be started before what is traced. */
export function keepSpans(): { readonly spans: () => ReadableSpan[]; stop(): Promise<void> } {
  const exporter = new InMemorySpanExporter()
  const stop = startTracing('test', new SimpleSpanProcessor(exporter))
  return { spans: () => exporter.getFinishedSpans(), stop }
}

/** All that a span says in words: what must hold nothing of a person. */
export function wordsOf({ name, attributes, events, status, links }: ReadableSpan): string {
  return JSON.stringify([name, attributes, events, status, links.map((link) => link.attributes)])
}

/** The spans of the newest trace that has one of this name. */
export function traceIn(spans: readonly ReadableSpan[], name: string): ReadableSpan[] {
  const id = spans.findLast((span) => span.name === name)?.spanContext().traceId
  return spans.filter((span) => span.spanContext().traceId === id)
}

/** The names of the spans above this one, nearest first. */
export function ancestors(span: ReadableSpan, trace: readonly ReadableSpan[]): string[] {
  const parent = trace.find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId)
  return parent ? [parent.name, ...ancestors(parent, trace)] : []
}

/** When a span began, by the clock on the wall. */
export function startMs(span: ReadableSpan | undefined): number {
  const [seconds, nanoseconds] = span?.startTime ?? [Number.NaN, 0]
  return seconds * 1_000 + nanoseconds / 1_000_000
}
