import type { GraphQLESLintRule } from '@graphql-eslint/eslint-plugin'
import type { StringValueNode } from 'graphql'

const LATIN = /\p{Script=Latin}/u
const CYRILLIC = /\p{Script=Cyrillic}/u

/** A description is a paragraph of English, then one of Russian: the schema teaches both kinds of readers. */
export const twoLanguages: GraphQLESLintRule = {
  meta: { type: 'problem', schema: [] },
  create: (context) => ({
    '[description.type=StringValue]'(node: { description: StringValueNode & { loc: never } }) {
      if (isBilingual(node.description.value)) return
      context.report({
        loc: node.description.loc,
        message: 'Describe in English, leave an empty line, then describe in Russian.',
      })
    },
  }),
}

function isBilingual(description: string): boolean {
  const [english, russian, ...others] = description.trim().split(/\n\s*\n/)
  if (english === undefined || russian === undefined || others.length > 0) return false
  return LATIN.test(english) && !CYRILLIC.test(english) && CYRILLIC.test(russian)
}
