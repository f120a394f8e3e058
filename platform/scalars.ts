import { GraphQLScalarType, Kind } from 'graphql'
import { GraphQLDateTimeISO, GraphQLLocalDate, GraphQLPhoneNumber } from 'graphql-scalars'
import { invariant } from './invariant.ts'

/** What the scalars of `schema/shared.graphql` mean, one implementation for all subgraphs. */
export const scalars = {
  PhoneNumber: renamed(GraphQLPhoneNumber, 'PhoneNumber'),
  DateTime: new GraphQLScalarType({
    ...GraphQLDateTimeISO.toConfig(),
    name: 'DateTime',
    // As text, so that an answer in memory is the same as one over HTTP.
    serialize: (value) => new Date(value instanceof Date ? value : GraphQLDateTimeISO.serialize(value)).toISOString(),
  }),
  Date: renamed(GraphQLLocalDate, 'Date'),
  Decimal: new GraphQLScalarType<string, string>({
    name: 'Decimal',
    serialize: readDecimal,
    parseValue: readDecimal,
    parseLiteral: (node) => {
      invariant(node.kind === Kind.STRING, 'a Decimal is written as a string, such as "149.50"')
      return readDecimal(node.value)
    },
  }),
}

function renamed(scalar: GraphQLScalarType, name: string): GraphQLScalarType {
  return new GraphQLScalarType({ ...scalar.toConfig(), name })
}

function readDecimal(value: unknown): string {
  if (typeof value === 'string' && /^-?\d{1,18}(\.\d{1,6})?$/.test(value)) return value
  throw new TypeError('a Decimal is a string of digits with an optional fraction, such as "149.50"')
}
