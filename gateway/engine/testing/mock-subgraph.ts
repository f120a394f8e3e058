import {
  type ExecutionResult,
  execute,
  type GraphQLNonNull,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from 'graphql'
import type { Transport, TransportRequest } from '../../transport/transport.ts'
import { type FaultRates, strikes, subgraphError } from './faults.ts'
import { hash } from './random.ts'

type GraphQLNullableOutputType = Exclude<GraphQLOutputType, GraphQLNonNull<never>>

/** An object of a mock subgraph: what its fields say follows from its seed. */
interface MockObject {
  readonly __typename: string
  readonly seed: string
  /** What the representation said, for an entity. */
  readonly given: Readonly<Record<string, unknown>>
}

export interface Mood {
  /** Decides all data and all faults: the same request gets the same answer, whoever sends it. */
  readonly seed: string
  readonly rates: FaultRates
}

/** Schemas of all subgraphs of a supergraph, by name. */
export type SubgraphSchemas = ReadonlyMap<string, GraphQLSchema>

/** What a mock subgraph needs while it answers. */
interface Mock {
  readonly schema: GraphQLSchema
  readonly mood: Mood
  /** The other subgraphs: what two of them tell of one object must agree. */
  readonly schemas: SubgraphSchemas
}

/** A subgraph that answers from nothing but its schema. */
export function createMockSubgraph(name: string, schemas: SubgraphSchemas, mood: Mood): Transport {
  const schema = schemas.get(name)
  if (!schema) throw new Error(`There is no subgraph ${name}.`)
  const mock = { schema, schemas, mood }
  return {
    async send(request) {
      const place = `${mood.seed} ${name} ${purpose(request)}`
      if (strikes(mood.rates.reject, `${place} reject`)) throw new Error(`${name} is away`)
      if (strikes(mood.rates.pathless, `${place} pathless`)) return { errors: [subgraphError(name)], data: null }
      // What a subgraph answers comes as JSON: an executor may do with it what it likes.
      const result = JSON.parse(JSON.stringify(await run(mock, request))) as ExecutionResult
      return corrupt(result, request, mood)
    },
    close: async () => undefined,
  }
}

/** Tells one fetch of a plan from another by what both executors send alike. */
function purpose({ variables }: TransportRequest): string {
  const { representations, ...others } = variables
  return JSON.stringify(Array.isArray(representations) ? representations[0] : others)
}

async function run(mock: Mock, { query, variables }: TransportRequest) {
  return execute({
    schema: mock.schema,
    document: parse(query),
    variableValues: variables,
    rootValue: { seed: 'root', given: {} },
    fieldResolver: (source: MockObject, parameters, _, info) => resolve(source, parameters, info, mock),
    typeResolver: (value: MockObject) => value.__typename,
  })
}

function resolve(
  source: MockObject,
  parameters: Record<string, unknown>,
  { fieldName, parentType, returnType }: GraphQLResolveInfo,
  mock: Mock,
): unknown {
  if (fieldName === '_entities') return entities(parameters['representations'] as Representation[], mock)
  const given = source.given[fieldName]
  if (given !== undefined && (given === null || typeof given !== 'object')) return given
  const seed = `${source.seed}.${fieldName}${JSON.stringify(parameters)}`
  if (strikes(mock.mood.rates.error, `${mock.mood.seed}${seed} error`)) throw subgraphError(fieldName)
  return make(returnType, { seed, mock, field: `${parentType.name}.${fieldName}` })
}

type Representation = Record<string, unknown> & { readonly __typename: string }

function entities(representations: readonly Representation[], { schema, mood }: Mock) {
  return representations.map((given): MockObject | Error | null => {
    const seed = JSON.stringify(given)
    if (strikes(mood.rates.noEntity, `${mood.seed}${seed} entity`)) return null
    if (strikes(mood.rates.error, `${mood.seed}${seed} error`)) return subgraphError(given.__typename)
    const __typename = pick(typesOf(schema, given.__typename), seed)
    return __typename === undefined ? null : { __typename, seed, given }
  })
}

const LONG_LISTS_DEPTH_MAX = 4

/** Where a value is made: below which field, by which seed. */
interface Place {
  readonly seed: string
  readonly field: string
  readonly mock: Mock
}

function make(type: GraphQLOutputType, place: Place): unknown {
  const { rates, seed } = place.mock.mood
  const rate = isNonNullType(type) ? rates.null / 10 : rates.null
  return strikes(rate, `${seed}${place.seed} null`) ? null : makeNonNull(getNullableType(type), place)
}

function makeNonNull(type: GraphQLNullableOutputType, place: Place): unknown {
  const { seed, mock } = place
  if (isListType(type)) {
    // Lists in lists in lists would grow without end.
    const lengthMax = seed.split('.').length > LONG_LISTS_DEPTH_MAX ? 1 : 3
    return Array.from({ length: hash(seed) % (lengthMax + 1) }, (_, index) =>
      make(type.ofType, { ...place, seed: `${seed}[${index}]` }),
    )
  }
  if (isEnumType(type)) return pick(type.getValues(), seed)?.value
  if (isLeafType(type)) return scalar(type.name, hash(`${mock.mood.seed}${seed}`))
  const __typename = pick(possibleTypes(type.name, place), seed)
  return __typename === undefined ? null : { __typename, seed, given: {} }
}

/** The types that an object below a field may have: when several subgraphs have the field, those that all of them know. */
function possibleTypes(name: string, { field, mock }: Place): readonly string[] {
  const own = typesOf(mock.schema, name)
  const [parent = '', fieldName = ''] = field.split('.')
  const others = [...mock.schemas.values()].filter((schema) => {
    const type = schema.getType(parent)
    return (isObjectType(type) || isInterfaceType(type)) && type.getFields()[fieldName]
  })
  const common = own.filter((type) => others.every((schema) => typesOf(schema, name).includes(type)))
  return common.length > 0 ? common : own
}

/** The types of objects that a name stands for in a subgraph, in an order that is everywhere the same. */
function typesOf(schema: GraphQLSchema, name: string): readonly string[] {
  const type = schema.getType(name)
  if (isObjectType(type)) return [name]
  const types = isAbstractType(type) ? schema.getPossibleTypes(type) : []
  return types.map((possible) => possible.name).sort()
}

function pick<Item>(items: readonly Item[], seed: string): Item | undefined {
  return items[hash(seed) % items.length]
}

/** Few values, so that entities meet again. */
function scalar(name: string, value: number): unknown {
  switch (name) {
    case 'Int':
      return value % 100
    case 'Float':
      return (value % 100) / 4
    case 'Boolean':
      return value % 2 === 0
    case 'ID':
      return String(value % 3)
    default:
      return `${name} ${value % 10}`
  }
}

/** Spoils leaves of an answer. An entity is spoiled alike wherever in the list it stands. */
function corrupt(result: ExecutionResult, { variables }: TransportRequest, { seed, rates }: Mood): ExecutionResult {
  if (rates.corrupt === 0) return result
  const spoil = (value: unknown, place: string): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => spoil(item, `${place}[${index}]`))
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spoil(item, `${place}.${key}`)]))
    }
    if (value === null || TYPE_NAMES.test(place) || !strikes(rates.corrupt, place)) return value
    return WRONG[hash(place) % WRONG.length]
  }
  const representations = variables['representations'] as readonly unknown[] | undefined
  const entities = result.data?.['_entities'] as readonly unknown[] | undefined
  if (!representations || !entities)
    return { ...result, data: spoil(result.data, seed) as NonNullable<ExecutionResult['data']> }
  const spoiled = entities.map((entity, index) => spoil(entity, `${seed}${JSON.stringify(representations[index])}`))
  return { ...result, data: { _entities: spoiled } }
}

const TYPE_NAMES = /\.(__typename|typename|what)$/
const WRONG = [true, 12.5, 'not a value', 7]
