import { type DocumentNode, getOperationAST, Kind, valueFromASTUntyped } from 'graphql'

/**
 * The defaults of an operation's variables that may not be null; null when there are none. graphql-jit refuses such a
 * variable when it is left out, though its default is there to be taken.
 */
export function requiredDefaults(
  document: DocumentNode,
  operationName: string | undefined,
): Readonly<Record<string, unknown>> | null {
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? []
  const defaults = definitions.flatMap(({ type, variable, defaultValue }) =>
    type.kind === Kind.NON_NULL_TYPE && defaultValue
      ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const]
      : [],
  )
  return defaults.length === 0 ? null : Object.fromEntries(defaults)
}
