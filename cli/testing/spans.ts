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
