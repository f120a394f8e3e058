import type { GraphQLESLintRule, GraphQLESTreeNode } from '@graphql-eslint/eslint-plugin'
import type { FieldDefinitionNode, InputValueDefinitionNode } from 'graphql'
import { namedType } from './ast.ts'

type Field = GraphQLESTreeNode<FieldDefinitionNode | InputValueDefinitionNode>

/** A Boolean field asks a question: its name begins with is or has. */
export const booleanPrefix: GraphQLESLintRule = {
  meta: { type: 'problem', schema: [] },
  create: (context) => ({
    ':matches(FieldDefinition, InputObjectTypeDefinition > InputValueDefinition)'(node: Field) {
      if (namedType(node.rawNode().type) !== 'Boolean' || /^(is|has)[A-Z]/.test(node.name.value)) return
      context.report({
        loc: node.name.loc,
        message: `Begin the Boolean "${node.name.value}" with is or has.`,
      })
    },
  }),
}
