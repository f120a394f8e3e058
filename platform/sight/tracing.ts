import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-node'

export type { SpanContext }
export { SpanKind }

/**
 * Traces of one process. OpenTelemetry's own globals are left alone: libraries that find a tracer there write spans of
 * their own, with names and messages that clients think of. Null, and without any cost, where nobody collects.
 */
let tracing: { readonly tracer: Tracer; readonly active: AsyncLocalStorage<Span> } | null = null

export interface TracingEnvironment {
  /** The other variables of the standard are read by the library. */
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined
}

const EXPORT_TIMEOUT_MS = 3_000

/** Starts tracing where there is a collector. To be called before anything is made that is traced. */
export function openTracing(name: string, { OTEL_EXPORTER_OTLP_ENDPOINT }: TracingEnvironment): () => Promise<void> {
  if (OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return async () => undefined
  return startTracing(name, new BatchSpanProcessor(new OTLPTraceExporter({ timeoutMillis: EXPORT_TIMEOUT_MS })))
}

/** Starts it with this processor; the answer ends it, and sends what is left. */
export function startTracing(name: string, processor: SpanProcessor): () => Promise<void> {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': `cabinet-${name}` }),
    spanProcessors: [processor],
  })
  tracing = { tracer: provider.getTracer('cabinet'), active: new AsyncLocalStorage() }
  return async () => {
    tracing = null
    // A collector that is away keeps nobody from ending.
    await provider.shutdown().catch(() => undefined)
  }
}

export function isTracing(): boolean {
  return tracing !== null
}

export interface SpanOptions {
  /** Names and numbers of ours; never what a client sent. */
  readonly attributes?: Attributes
  readonly kind?: SpanKind
}

export interface RootSpanOptions extends SpanOptions {
  /** What it comes of, where that has a trace of its own: a stream of which it is one event, a request that left a job. */
  readonly cause?: SpanContext | undefined
  /** How long ago it began. */
  readonly beganMsAgo?: number
}

/** For what is asked of others. */
export const CLIENT_SPAN: SpanOptions = { kind: SpanKind.CLIENT }

/** Runs in the first span of a trace. */
export function inRootSpan<Value>(name: string, options: RootSpanOptions, run: () => Value): Value {
  if (!tracing) return run()
  const { cause, beganMsAgo, ...others } = options
  const links = cause ? [{ context: cause }] : []
  const start = beganMsAgo === undefined ? {} : { startTime: epochMs() - beganMsAgo }
  return runIn(name, { kind: SpanKind.SERVER, ...others, ...start, links }, ROOT_CONTEXT, run)
}

/** Names the span that is running, when it is known only now what it is of. */
export function nameSpan(name: string, attributes: Attributes): void {
  tracing?.active.getStore()?.updateName(name).setAttributes(attributes)
}

/** Runs in a span of the trace that it is called in; what is called in none makes none. */
export function inSpan<Value>(name: string, options: SpanOptions, run: () => Value): Value {
  const parent = sampledSpan()
  return parent ? runIn(name, options, contextOf(parent), run) : run()
}

/** Runs what several requests share: in the trace of the first, with links to the others. */
export function inSharedSpan<Value>(name: string, askers: readonly SpanContext[], run: () => Value): Value {
  const [first, ...others] = distinctSpans(askers)
  if (!tracing || !first) return run()
  const links: Link[] = others.map((context) => ({ context }))
  return runIn(name, { attributes: { 'cabinet.requests': others.length + 1 }, links }, contextOf(first), run)
}

/** The same without a span of its own when only one asks. */
export function inSpanOfAskers<Value>(name: string, askers: readonly SpanContext[], run: () => Value): Value {
  const [first, second] = distinctSpans(askers)
  if (tracing && first && !second) return tracing.active.run(trace.wrapSpanContext(first), run)
  return inSharedSpan(name, askers, run)
}

/** Writes down what has just ended. */
export function recordSpan(name: string, tookMs: number, isWell: boolean): void {
  const parent = sampledSpan()
  if (!parent || !tracing) return
  const endedAt = epochMs()
  const span = tracing.tracer.startSpan(name, { kind: SpanKind.CLIENT, startTime: endedAt - tookMs }, contextOf(parent))
  if (!isWell) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end(endedAt)
}

/** The span that is running. */
export function runningSpan(): SpanContext | undefined {
  return tracing?.active.getStore()?.spanContext()
}

/** The same, where its trace is kept. */
export function sampledSpan(): SpanContext | undefined {
  const span = runningSpan()
  return span && span.traceFlags & TraceFlags.SAMPLED ? span : undefined
}

/** What another process is told of the span that is running (W3C Trace Context). */
export function traceparent(): string | undefined {
  const span = runningSpan()
  return span && `00-${span.traceId}-${span.spanId}-0${span.traceFlags & TraceFlags.SAMPLED}`
}

/** As it stands in the headers of a request. */
type Header = string | string[] | undefined

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-0([01])$/

/** Goes on with the trace of another process of ours. */
export function underTraceparent<Value>(text: Header, run: () => Value): Value {
  const span = tracing && readTraceparent(text)
  return tracing && span ? tracing.active.run(trace.wrapSpanContext(span), run) : run()
}

/** The span that another process told of, or that something was left in to be done later. */
export function readTraceparent(text: Header): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(typeof text === 'string' ? text : '') ?? []
  return traceId && spanId ? { traceId, spanId, traceFlags: Number(flags), isRemote: true } : undefined
}

function runIn<Value>(
  name: string,
  options: SpanOptions & { readonly links?: Link[]; readonly startTime?: number },
  parent: Context,
  run: () => Value,
): Value {
  if (!tracing) return run()
  const span = tracing.tracer.startSpan(name, options, parent)
  try {
    const value = tracing.active.run(span, run)
    if (value instanceof Promise) {
      value.then(
        () => span.end(),
        (error: unknown) => fail(span, error),
      )
    } else span.end()
    return value
  } catch (error) {
    fail(span, error)
    throw error
  }
}

/** The kind of the error only: its message may quote what somebody sent. */
function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR })
  span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown')
  span.end()
}

function epochMs(): number {
  return performance.timeOrigin + performance.now()
}

function contextOf(span: SpanContext): Context {
  return trace.setSpanContext(ROOT_CONTEXT, span)
}

function distinctSpans(spans: readonly SpanContext[]): SpanContext[] {
  return [...new Map(spans.map((span) => [span.spanId, span])).values()]
}
