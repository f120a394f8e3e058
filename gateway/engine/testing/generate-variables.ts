import {
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql'
import type { Random } from './random.ts'

/** The variables of an operation while it is being generated. */
export interface Variables {
  /** The text of a value for an argument: a literal, or a variable that is declared on the way. */
  argument(type: GraphQLInputType): string
  /** A variable of `@skip` and `@include`. */
  condition(): string
  /** `($a: Int = 1, $b: ID!)`, or nothing. */
  declarations(): string
  values(): Record<string, unknown>
}

interface Declared {
  readonly declaration: string
  /** Undefined when the client leaves the variable out. */
  readonly value: unknown
}

const CONDITIONS_MAX = 3

export function createVariables(random: Random): Variables {
  const declared = new Map<string, Declared>()
  const conditions: string[] = []

  const argument = (type: GraphQLInputType): string => {
    if (!random.chance(0.4)) return literal(type)
    const name = `v${declared.size}`
    declared.set(name, declare(name, type, random))
    return `$${name}`
  }
  /** A literal that may hold variables deep inside. */
  const literal = (type: GraphQLInputType): string => {
    if (isNonNullType(type)) return literalOf(type.ofType)
    return random.chance(0.1) ? 'null' : literalOf(type)
  }
  const literalOf = (type: GraphQLInputType): string =>
    isInputObjectType(type)
      ? `{${someFields(type, random).map((field) => `${field.name}: ${argument(field.type)}`)}}`
      : print(randomValue(type, random), type)

  return {
    argument,
    condition() {
      if (conditions.length === CONDITIONS_MAX) return random.pick(conditions)
      const name = `c${declared.size}`
      declared.set(name, declareCondition(name, random))
      conditions.push(`$${name}`)
      return `$${name}`
    },
    declarations() {
      return declared.size === 0 ? '' : `(${[...declared.values()].map(({ declaration }) => declaration).join(', ')})`
    },
    values() {
      const given = [...declared].flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value] as const]))
      return Object.fromEntries(given)
    },
  }
}

function declareCondition(name: string, random: Random): Declared {
  const value = random.chance(0.5)
  if (random.chance(0.5)) return { declaration: `$${name}: Boolean!`, value }
  const type = random.pick(['Boolean', 'Boolean!'])
  return {
    declaration: `$${name}: ${type} = ${random.chance(0.5)}`,
    value: random.chance(0.5) ? undefined : value,
  }
}

/** A variable for a place of this type: stricter than it, with a default, null or left out where that is allowed. */
function declare(name: string, type: GraphQLInputType, random: Random): Declared {
  const nullable = isNonNullType(type) ? type.ofType : type
  const value = random.chance(0.01) ? { not: 'a value' } : randomValue(nullable, random)
  if (random.chance(0.25)) {
    const isStrict = isNonNullType(type) && random.chance(0.5)
    const byDefault = print(randomValue(nullable, random), nullable)
    return {
      declaration: `$${name}: ${nullable}${isStrict ? '!' : ''} = ${byDefault}`,
      value: random.chance(0.5) ? undefined : value,
    }
  }
  if (isNonNullType(type) || random.chance(0.3)) {
    return { declaration: `$${name}: ${nullable}!`, value: random.chance(0.01) ? undefined : value }
  }
  return { declaration: `$${name}: ${nullable}`, value: random.pick([value, value, null, undefined]) }
}

function randomValue(type: GraphQLInputType, random: Random): unknown {
  if (isNonNullType(type)) return randomValue(type.ofType, random)
  if (isListType(type)) return Array.from({ length: random.integer(3) }, () => randomValue(type.ofType, random))
  if (isEnumType(type)) return random.pick(type.getValues()).name
  if (isInputObjectType(type)) {
    return Object.fromEntries(someFields(type, random).map((field) => [field.name, randomValue(field.type, random)]))
  }
  return scalarOf(type.name, random)
}

function scalarOf(name: string, random: Random): unknown {
  switch (name) {
    case 'Int':
      return random.integer(40) - 5
    case 'Float':
      return random.integer(40) / 4
    case 'Boolean':
      return random.chance(0.5)
    default:
      return random.pick(['1', 'two', 'три', 'a "quoted" one'])
  }
}

function someFields(type: import('graphql').GraphQLInputObjectType, random: Random) {
  return Object.values(type.getFields()).filter((field) => isRequiredInputField(field) || random.chance(0.5))
}

function print(value: unknown, type: GraphQLInputType): string {
  if (isNonNullType(type)) return print(value, type.ofType)
  if (isListType(type)) return `[${(value as unknown[]).map((item) => print(item, type.ofType)).join(', ')}]`
  if (isInputObjectType(type)) {
    const fields = type.getFields()
    const printed = Object.entries(value as object).map(([name, item]) => {
      const field = fields[name]
      return field ? `${name}: ${print(item, field.type)}` : ''
    })
    return `{${printed.join(', ')}}`
  }
  return isEnumType(type) ? String(value) : JSON.stringify(value)
}
