import { GraphQLError, type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql'

/** What is wrong with the variables of a request; undefined when nothing is. */
export type CheckVariables = (variables: Readonly<Record<string, unknown>>) => GraphQLError[] | undefined

/** Each names the value that it is about: thousands of them, of a large value, would fill the memory. */
const ERRORS_MAX = 5
const MESSAGE_LENGTH_MAX = 500

/** Checks the client's variables against their types. The plan gets them as they came; subgraphs coerce their own. */
export function compileCoercion(apiSchema: GraphQLSchema, operation: OperationDefinitionNode): CheckVariables {
  const definitions = operation.variableDefinitions ?? []
  if (definitions.length === 0) return () => undefined
  return (variables) => {
    const { errors } = getVariableValues(apiSchema, definitions, variables, { maxErrors: ERRORS_MAX })
    return errors?.map(toVariableError)
  }
}

function toVariableError(error: GraphQLError): GraphQLError {
  const { message } = error
  return new GraphQLError(message.length > MESSAGE_LENGTH_MAX ? `${message.slice(0, MESSAGE_LENGTH_MAX)}…` : message, {
    ...(error.nodes && { nodes: error.nodes }),
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  })
}
