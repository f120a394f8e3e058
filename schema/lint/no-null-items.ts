import type { GraphQLESLintRule } from '@graphql-eslint/eslint-plugin'

/** Lists hold no nulls: `[Line!]`, never `[Line]`. */
export const noNullItems: GraphQLESLintRule = {
  meta: { type: 'problem', schema: [] },
  create: (context) => ({
    ListType(node) {
      if (node.gqlType.kind === 'NonNullType') return
      context.report({ loc: node.loc, message: 'A list holds no nulls: put ! after the type of its items.' })
    },
  }),
}
