import { type GraphQLESLintRule, parser } from '@graphql-eslint/eslint-plugin'
import { Linter } from 'eslint'
import { cabinetSchemaLint } from './plugin.ts'

type RuleName = keyof typeof cabinetSchemaLint.rules

/** What one of the project's rules says of a piece of SDL, or of an operation against `schema`. */
export function lintSdl(rule: RuleName, text: string, schema: string = text): string[] {
  const rules: Record<string, GraphQLESLintRule> = cabinetSchemaLint.rules
  const messages = new Linter().verify(
    text,
    {
      files: ['**/*.graphql'],
      languageOptions: { parser, parserOptions: { graphQLConfig: { schema } } },
      plugins: { cabinet: { rules: rules as NonNullable<import('eslint').ESLint.Plugin['rules']> } },
      rules: { [`cabinet/${rule}`]: 'error' },
    },
    'planted.graphql',
  )
  return messages.map((message) => message.message)
}
