import {
  doTypesOverlap,
  type GraphQLCompositeType,
  type GraphQLField,
  GraphQLNonNull,
  type GraphQLSchema,
  GraphQLString,
  getNamedType,
  isCompositeType,
  isLeafType,
  isRequiredArgument,
  isUnionType,
  type OperationTypeNode,
} from 'graphql'
import { createVariables, type Variables } from './generate-variables.ts'
import { createRandom, type Random } from './random.ts'

/** An operation as a client sends it. */
export interface GeneratedOperation {
  readonly query: string
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

const DEPTH_MAX = 6
const FIELDS_MAX = 40

/** What is known of an operation while it is being generated. */
interface Draft {
  readonly schema: GraphQLSchema
  readonly random: Random
  readonly variables: Variables
  /** What each response name stands for: the same everywhere, so that no two fields ever conflict. */
  readonly names: Map<string, string>
  readonly fragments: { readonly name: string; readonly on: GraphQLCompositeType; readonly text: string }[]
  fieldsLeft: number
}

/** Generates a valid operation; the seed alone decides which. */
export function generateOperation(
  schema: GraphQLSchema,
  seed: string,
  fieldsMax: number = FIELDS_MAX,
): GeneratedOperation {
  const random = createRandom(seed)
  const draft: Draft = {
    schema,
    random,
    variables: createVariables(random),
    names: new Map(),
    fragments: [],
    fieldsLeft: fieldsMax,
  }
  const kind = schema.getMutationType() && random.chance(0.25) ? 'mutation' : 'query'
  const root = schema.getRootType(kind as OperationTypeNode)
  if (!root) throw new Error(`The schema has no ${kind}.`)
  const body = selectionSet(draft, root, 0)
  const others = random.chance(0.2) ? ['query Other { __typename }'] : []
  const isNamed = others.length > 0 || random.chance(0.3)
  const operation = `${kind}${isNamed ? ' Generated' : ''} ${draft.variables.declarations()} ${body}`
  const fragments = draft.fragments.map(({ name, on, text }) => `fragment ${name} on ${on.name} ${text}`)
  return {
    query: [operation, ...others, ...fragments].join('\n'),
    operationName: others.length > 0 || (isNamed && random.chance(0.5)) ? 'Generated' : undefined,
    variables: draft.variables.values(),
  }
}

function selectionSet(draft: Draft, type: GraphQLCompositeType, depth: number): string {
  const count = 1 + draft.random.integer(depth === 0 ? 4 : 5)
  return `{ ${Array.from({ length: count }, () => selection(draft, type, depth)).join(' ')} }`
}

function selection(draft: Draft, type: GraphQLCompositeType, depth: number): string {
  const { random } = draft
  const roll = random.next()
  if (type === draft.schema.getQueryType() && roll < 0.04) return introspection(draft)
  if (roll < 0.1) return `${random.pick(['', '', 'typename: ', 'what: '])}__typename${conditions(draft)}`
  const isSpent = depth >= DEPTH_MAX || draft.fieldsLeft <= 0
  if (!isSpent && roll < 0.22) return inlineFragment(draft, type, depth)
  if (!isSpent && roll < 0.32) return spread(draft, type, depth)
  if (isUnionType(type)) return !isSpent ? inlineFragment(draft, type, depth) : '__typename'
  return field(draft, Object.values(type.getFields()), depth)
}

function field(draft: Draft, fields: readonly GraphQLField<unknown, unknown>[], depth: number): string {
  const mayGoOn = depth < DEPTH_MAX && draft.fieldsLeft > 0
  const possible = mayGoOn ? fields : fields.filter(({ type }) => isLeafType(getNamedType(type)))
  if (possible.length === 0) return '__typename'
  const chosen = draft.random.pick(possible)
  draft.fieldsLeft--
  const given = chosen.args.filter((argument) => isRequiredArgument(argument) || draft.random.chance(0.5))
  const parts = given.map((argument) => `${argument.name}: ${draft.variables.argument(argument.type)}`)
  const call = `${chosen.name}${parts.length > 0 ? `(${parts.join(', ')})` : ''}`
  const type = getNamedType(chosen.type)
  const below = isCompositeType(type) ? ` ${selectionSet(draft, type, depth + 1)}` : ''
  return `${alias(draft, chosen.name, `${call} ${chosen.type}`)}${call}${conditions(draft)}${below}`
}

/** Keys and required fields of the supergraphs: a client may call any field so. */
const PLANNED = ['id', 'email', 'sku', 'order', 'weight', 'title']

/** A response name for a field: its own when that is free, and at times another. */
function alias(draft: Draft, fieldName: string, meaning: string): string {
  const { names, random } = draft
  const other = random.pick([`${fieldName}_${random.integer(3)}`, `other_${random.integer(3)}`, random.pick(PLANNED)])
  const wanted = random.chance(0.15) ? other : fieldName
  for (let name = wanted; ; name = `${name}x`) {
    if ((names.get(name) ?? meaning) !== meaning) continue
    names.set(name, meaning)
    return name === fieldName ? '' : `${name}: `
  }
}

function inlineFragment(draft: Draft, type: GraphQLCompositeType, depth: number): string {
  const on = draft.random.chance(0.2) && !isUnionType(type) ? null : typeCondition(draft, type)
  return `...${on ? ` on ${on.name}` : ''}${conditions(draft)} ${selectionSet(draft, on ?? type, depth + 1)}`
}

function spread(draft: Draft, type: GraphQLCompositeType, depth: number): string {
  const known = draft.fragments.filter(({ on }) => doTypesOverlap(draft.schema, on, type))
  if (known.length > 0 && draft.random.chance(0.5)) return `...${draft.random.pick(known).name}${conditions(draft)}`
  const on = typeCondition(draft, type)
  const text = selectionSet(draft, on, depth + 1)
  const name = `F${draft.fragments.length}`
  draft.fragments.push({ name, on, text })
  return `...${name}${conditions(draft)}`
}

function typeCondition(draft: Draft, type: GraphQLCompositeType): GraphQLCompositeType {
  const composites = Object.values(draft.schema.getTypeMap()).filter(isCompositeType)
  return draft.random.pick(composites.filter((candidate) => doTypesOverlap(draft.schema, candidate, type)))
}

function conditions({ random, variables }: Draft): string {
  const one = (name: string) =>
    ` @${name}(if: ${random.chance(0.5) ? variables.condition() : String(random.chance(0.5))})`
  if (random.chance(0.85)) return ''
  return random.pick([() => one('skip'), () => one('include'), () => one('skip') + one('include')])()
}

function introspection(draft: Draft): string {
  const isSchema = draft.random.chance(0.5)
  const name = isSchema ? '__schema' : '__type'
  const call = isSchema ? name : `__type(name: ${draft.variables.argument(TYPE_NAME)})`
  const below = isSchema ? '{ queryType { name } mutationType { kind } }' : '{ name fields { name } }'
  return `${alias(draft, name, call)}${call}${conditions(draft)} ${below}`
}

const TYPE_NAME = new GraphQLNonNull(GraphQLString)
