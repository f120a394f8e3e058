import type { GraphQLESLintRule, GraphQLESTreeNode } from '@graphql-eslint/eslint-plugin'
import type { ConstDirectiveNode } from 'graphql'

const REASON = /^Use .+\. Removed after \d{4}-(0[1-9]|1[0-2])\.$/s

/** A deprecation says what to use instead and until when the old way stays. */
export const deprecationDate: GraphQLESLintRule = {
  meta: { type: 'problem', schema: [] },
  create: (context) => ({
    'Directive[name.value=deprecated]'(node: GraphQLESTreeNode<ConstDirectiveNode>) {
      const reason = node.rawNode().arguments?.find((argument) => argument.name.value === 'reason')?.value
      if (reason?.kind === 'StringValue' && REASON.test(reason.value)) return
      context.report({ loc: node.loc, message: 'Give the reason as "Use X. Removed after YYYY-MM."' })
    },
  }),
}
