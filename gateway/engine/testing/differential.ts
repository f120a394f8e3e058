import { Supergraph } from '@apollo/federation-internals'
import { type GraphQLSchema, parse, print, validate } from 'graphql'
import { createResponseCheck, type ResponseCheck } from '../../response-shape/response-shape.ts'
import type { Transport } from '../../transport/transport.ts'
import { withoutIntrospection } from '../introspection.ts'
import type { EngineParts } from '../parts.ts'
import { loadSupergraph } from '../supergraph.ts'
import { type Answer, type Comparable, comparable, rejection } from './compare.ts'
import { COMMON, type DeviationName, explain } from './deviations.ts'
import { type Executor, startEngine, startStock } from './executors.ts'
import { BEHAVIOURS, NO_FAULTS } from './faults.ts'
import { type GeneratedOperation, generateOperation } from './generate-operation.ts'
import { judgeKeys, type Keys } from './keys.ts'
import { createMockSubgraph, type SubgraphSchemas } from './mock-subgraph.ts'

export interface Differential {
  readonly supergraphSdl: string
  readonly operationCount: number
  readonly seed: string
  readonly accepted?: readonly DeviationName[]
  /** About how large operations get. The planner's time may grow with it beyond all bounds. */
  readonly fieldsMax?: number
  /** Parts of the engine of another make: how a test plants a fault. */
  readonly parts?: Partial<EngineParts>
  /** Stop when so many mismatches were found. */
  readonly mismatchesMax?: number
}

export interface Findings {
  readonly mismatches: readonly Mismatch[]
  /** How many operations each deviation explained. */
  readonly deviations: Readonly<Partial<Record<DeviationName, number>>>
}

/** An operation that the two executors answer differently. */
export interface Mismatch {
  readonly seed: string
  readonly operation: GeneratedOperation
  readonly engine: unknown
  readonly stock: unknown
}

const MISMATCHES_MAX = 3

/** Sends generated operations to the engine and to Apollo's executor over the same mock subgraphs. */
export async function runDifferential(differential: Differential): Promise<Findings> {
  const { supergraphSdl, operationCount, seed, parts, accepted = COMMON, mismatchesMax = MISMATCHES_MAX } = differential
  const bench: Bench = {
    ...readWorld(supergraphSdl),
    accepted,
    fieldsMax: differential.fieldsMax,
    engine: await startEngine(supergraphSdl, parts),
    stock: await startStock(supergraphSdl),
  }
  const mismatches: Mismatch[] = []
  const deviations: Partial<Record<DeviationName, number>> = {}
  for (let index = 0; index < operationCount && mismatches.length < mismatchesMax; index++) {
    const verdict = await compareOne(`${seed}-${index}`, index, bench)
    if (typeof verdict === 'string') deviations[verdict] = (deviations[verdict] ?? 0) + 1
    else if (verdict) mismatches.push(verdict)
  }
  await Promise.all([bench.engine.stop(), bench.stock.stop()])
  return { mismatches, deviations }
}

interface World {
  readonly apiSchema: GraphQLSchema
  readonly subgraphs: SubgraphSchemas
  /** By subgraph, what the gateway looks at its answers with. */
  readonly checks: ReadonlyMap<string, ResponseCheck>
}

interface Bench extends World {
  readonly fieldsMax: number | undefined
  readonly accepted: readonly DeviationName[]
  readonly engine: Executor
  readonly stock: Executor
}

function readWorld(supergraphSdl: string): World {
  const supergraph = Supergraph.build(supergraphSdl)
  const subgraphs = [...supergraph.subgraphs()]
  const { fullSchema } = loadSupergraph(supergraphSdl)
  return {
    apiSchema: supergraph.apiSchema().toGraphQLJSSchema(),
    subgraphs: new Map(subgraphs.map(({ name, schema }) => [name, schema.toGraphQLJSSchema()])),
    checks: new Map(subgraphs.map(({ name }) => [name, createResponseCheck(fullSchema, name)])),
  }
}

type Verdict = Mismatch | DeviationName | undefined

async function compareOne(seed: string, index: number, bench: Bench): Promise<Verdict> {
  const operation = generateOperation(bench.apiSchema, seed, bench.fieldsMax)
  const problem = validate(bench.apiSchema, parse(operation.query))[0]
  if (problem) throw new Error(`The generated operation is not valid: ${problem}\n${operation.query}`)
  return compareOperation(seed, index, { bench, operation })
}

interface Comparison {
  readonly bench: Bench
  readonly operation: GeneratedOperation
}

function hasIntrospection({ query }: GeneratedOperation): boolean {
  return /\b__(schema|type)\b/.test(query)
}

/** The engine plans without introspection, so its fetches may read otherwise; without it in the query they may not. */
async function compareWithoutIntrospection(seed: string, index: number, { bench, operation }: Comparison) {
  const query = print(withoutIntrospection(parse(operation.query)))
  const verdict = await compareOperation(seed, index, { bench, operation: { ...operation, query } })
  return verdict ?? 'introspection'
}

async function compareOperation(seed: string, index: number, { bench, operation }: Comparison): Promise<Verdict> {
  const { apiSchema } = bench
  const document = parse(operation.query)
  const mood = { seed, rates: BEHAVIOURS[index % BEHAVIOURS.length] ?? NO_FAULTS }
  const misjudged: string[] = []
  const transports = new Map(
    [...bench.checks].map(([name, check]) => {
      const mock = createMockSubgraph(name, bench.subgraphs, mood)
      return [name, mood.rates.corrupt === 0 ? watched(mock, check, misjudged) : mock]
    }),
  )
  const judge = (data: unknown) => judgeKeys(apiSchema, document, operation, data)
  const engine = await attempt(() => bench.engine.run(operation, transports), judge)
  const stock = await attempt(() => bench.stock.run(operation, transports), judge)
  if (misjudged.length > 0) return { seed, operation, engine: misjudged, stock: 'the answers are as they should be' }
  const deviation = explain(engine.comparable, stock.comparable, bench.accepted)
  if (deviation !== undefined && hasIntrospection(operation) && engine.keys !== 'wrong') {
    return compareWithoutIntrospection(seed, index, { bench, operation })
  }
  if (deviation === null) return { seed, operation, engine: engine.comparable, stock: stock.comparable }
  if (engine.keys === 'right' || engine.keys === 'of an interface') return deviation
  return { seed, operation, engine: engine.data, stock: `the keys should be right, they are ${engine.keys}` }
}

/**
 * A subgraph whose answers are as they should be, and where the gateway's check finds otherwise: both executors would
 * lose such an answer alike.
 */
function watched(mock: Transport, check: ResponseCheck, misjudged: string[]): Transport {
  return {
    ...mock,
    async send(request) {
      const result = await mock.send(request)
      const trouble = result.data ? check(request, result) : null
      if (trouble !== null) misjudged.push(`${request.query}: the answer${trouble}`)
      return result
    },
  }
}

interface Attempt {
  readonly comparable: Comparable
  readonly data: unknown
  readonly keys: Keys
}

async function attempt(run: () => Promise<Answer>, judge: (data: unknown) => Keys): Promise<Attempt> {
  try {
    const answer = await run()
    const keys = judge(answer.data)
    return { comparable: comparable(answer, keys === 'right' || keys === 'in another order'), data: answer.data, keys }
  } catch (error) {
    return { comparable: rejection(error), data: undefined, keys: 'right' }
  }
}
