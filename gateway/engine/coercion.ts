import { GraphQLError, type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql'

/** What is wrong with the variables of a request; undefined when nothing is. */
export type CheckVariables = (variables: Readonly<Record<string, unknown>>) => GraphQLError[] | undefined

/** Checks the client's variables against their types. The plan gets them as they came; subgraphs coerce their own. */
export function compileCoercion(apiSchema: GraphQLSchema, operation: OperationDefinitionNode): CheckVariables {
  const definitions = operation.variableDefinitions ?? []
  if (definitions.length === 0) return () => undefined
  return (variables) => {
    const { errors } = getVariableValues(apiSchema, definitions, variables)
    return errors?.map(toVariableError)
  }
}

function toVariableError(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    ...(error.nodes && { nodes: error.nodes }),
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  })
}
