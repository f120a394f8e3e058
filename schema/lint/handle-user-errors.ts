import type { GraphQLESLintRule, GraphQLESTreeNode } from '@graphql-eslint/eslint-plugin'
import type { FieldNode } from 'graphql'

/** An operation ends each mutation with `... on UserError`, so that a new kind of refusal breaks no front end. */
export const handleUserErrors: GraphQLESLintRule = {
  meta: { type: 'problem', schema: [] },
  create: (context) => ({
    'OperationDefinition[operation=mutation] > SelectionSet > Field'(node: GraphQLESTreeNode<FieldNode>) {
      const last = node.rawNode().selectionSet?.selections.at(-1)
      if (last?.kind === 'InlineFragment' && last.typeCondition?.name.value === 'UserError') return
      context.report({ loc: node.name.loc, message: `End "${node.name.value}" with ... on UserError { … }.` })
    },
  }),
}
