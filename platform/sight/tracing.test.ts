import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBatchLoader } from '../database/batch-loader.ts'
import { statementName } from './statement-name.ts'
import { inRootSpan, inSpan, isTracing, startTracing, traceparent, underTraceparent } from './tracing.ts'

const TRACE = 'a'.repeat(32)
const SPAN = 'b'.repeat(16)

describe('tracing', () => {
  let exporter: InMemorySpanExporter
  let stop: () => Promise<void>
  beforeEach(() => {
    exporter = new InMemorySpanExporter()
    stop = startTracing('test', new SimpleSpanProcessor(exporter))
  })
  afterEach(() => stop())

  it('links what is read for two requests to both', async () => {
    const loader = createBatchLoader<string, string>({
      read: async (keys) => inSpan('statement', {}, async () => keys),
      keyText: (key) => key,
      owner: (key) => key,
    })
    await Promise.all(['one', 'two'].map((name) => inRootSpan(name, {}, () => loader.load(name))))
    const find = (wanted: string) => exporter.getFinishedSpans().find(({ name }) => name === wanted)
    const [one, two, together, statement] = ['one', 'two', 'read together', 'statement'].map(find)
    expect(together?.parentSpanContext?.spanId).toBe(one?.spanContext().spanId)
    expect(together?.links.map(({ context }) => context.spanId)).toEqual([two?.spanContext().spanId])
    expect(statement?.parentSpanContext?.spanId).toBe(together?.spanContext().spanId)
  })

  it('goes on with the trace of another process', () => {
    const told = underTraceparent(`00-${TRACE}-${SPAN}-01`, () => inSpan('here', {}, traceparent))
    const [here] = exporter.getFinishedSpans()
    expect(here?.spanContext().traceId).toBe(TRACE)
    expect(here?.parentSpanContext?.spanId).toBe(SPAN)
    expect(told).toBe(`00-${TRACE}-${here?.spanContext().spanId}-01`)
  })

  it('makes no span of a trace that is not kept, nor outside of any, nor of what is no trace', () => {
    underTraceparent(`00-${TRACE}-${SPAN}-00`, () => inSpan('not kept', {}, () => undefined))
    underTraceparent('nonsense', () => inSpan('no trace', {}, () => undefined))
    inSpan('outside', {}, () => undefined)
    expect(exporter.getFinishedSpans()).toEqual([])
  })

  it('tells the kind of an error and not what it says', async () => {
    const failing = inRootSpan('failing', {}, () => Promise.reject(new TypeError('+79990000001')))
    await expect(failing).rejects.toThrow(TypeError)
    const [span] = exporter.getFinishedSpans()
    expect(span?.attributes).toEqual({ 'error.type': 'TypeError' })
    expect(span?.status).toEqual({ code: 2 })
    expect(span?.events).toEqual([])
  })

  it('runs everything as it is when it is off', async () => {
    await stop()
    expect(isTracing()).toBe(false)
    expect(inRootSpan('root', {}, () => inSpan('child', {}, traceparent))).toBeUndefined()
    expect(exporter.getFinishedSpans()).toEqual([])
  })
})

describe('the name of a statement', () => {
  it.each([
    ['select "id" from "accounts"."person" where "phone" = $1', 'select accounts.person'],
    ['insert into "act" ("kind") values ($1)', 'insert act'],
    ["update line set alias = 'Anna' where id = $1", 'update line'],
    ['begin', 'begin'],
    ["(select '+79990000001')", 'select'],
    ['', 'statement'],
  ])('of %s is %s', (sql, name) => {
    expect(statementName(sql)).toBe(name)
  })
})
