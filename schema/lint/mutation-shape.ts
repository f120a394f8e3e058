import { type GraphQLESLintRule, type GraphQLESTreeNode, requireGraphQLSchema } from '@graphql-eslint/eslint-plugin'
import { type FieldDefinitionNode, type GraphQLSchema, isUnionType, print } from 'graphql'

type Field = GraphQLESTreeNode<FieldDefinitionNode>

/** One argument `input: <Mutation>Input!`, or none where there is nothing to say; the answer
 * `<Mutation>Result!` is a success, its own or that of signing in, or some UserError. */
export const mutationShape: GraphQLESLintRule = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const schema = requireGraphQLSchema('mutation-shape', context)
    return {
      ':matches(ObjectTypeDefinition, ObjectTypeExtension)[name.value=Mutation] > FieldDefinition'(node: Field) {
        for (const message of shapeProblems(node.rawNode(), schema)) {
          context.report({ loc: node.name.loc, message })
        }
      },
    }
  },
}

function shapeProblems(field: FieldDefinitionNode, schema: GraphQLSchema): string[] {
  const name = pascalCase(field.name.value)
  const problems: string[] = []
  const given = (field.arguments ?? []).map((node) => `${node.name.value}: ${print(node.type)}`)
  if (given.length > 0 && given.join() !== `input: ${name}Input!`) {
    problems.push(`"${field.name.value}" takes one argument, input: ${name}Input!`)
  }
  if (print(field.type) === `${name}Result!`) problems.push(...resultProblems(name, schema))
  else problems.push(`"${field.name.value}" returns ${name}Result!`)
  return problems
}

function resultProblems(name: string, schema: GraphQLSchema): string[] {
  const result = schema.getType(`${name}Result`)
  if (!isUnionType(result)) return [`${name}Result is a union of ${name}Success and the errors.`]
  const [success, ...errors] = result.getTypes()
  const problems = errors
    .filter((error) => !error.getInterfaces().some((type) => type.name === 'UserError'))
    .map((error) => `${error.name} in ${name}Result must implement UserError.`)
  if (success?.name !== `${name}Success` && success?.name !== 'SignInSuccess')
    problems.unshift(`${name}Success comes first in ${name}Result.`)
  return problems
}

function pascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
