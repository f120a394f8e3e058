import graphql from '@graphql-eslint/eslint-plugin'
import { printSchema } from 'graphql'
import { SUBGRAPH_NAMES } from './platform/subgraph/name.ts'
import { apiSchema } from './schema/compose.ts'
import { cabinetSchemaLint } from './schema/lint/plugin.ts'

// An entity is described where it belongs; the other subgraphs only add fields to it.
const ENTITY_HOMES = { Account: 'accounts', Line: 'linked-numbers' }

const languageOptions = {
  parser: graphql.parser,
  // The parser keeps one configuration a process, so it holds every subgraph and finds the project by the file.
  parserOptions: {
    graphQLConfig: {
      projects: {
        ...Object.fromEntries(
          SUBGRAPH_NAMES.map((name) => [
            name,
            {
              schema: ['schema/shared.graphql', `schema/${name}.graphql`],
              include: `schema/${name}.graphql`,
            },
          ]),
        ),
        shared: {
          schema: ['schema/shared.graphql', 'schema/linked-numbers.graphql'],
          include: 'schema/shared.graphql',
        },
        operations: {
          schema: printSchema(apiSchema()),
          documents: 'schema/operations/*.graphql',
          include: 'schema/operations/*.graphql',
        },
      },
    },
  },
}
const plugins = { '@graphql-eslint': graphql, cabinet: cabinetSchemaLint }
const linterOptions = { reportUnusedDisableDirectives: 'error' }

const schemaRules = {
  ...graphql.configs['flat/schema-recommended'].rules,
  '@graphql-eslint/description-style': ['error', { style: 'block' }],
  '@graphql-eslint/require-description': describe([]),
  '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
  '@graphql-eslint/relay-connection-types': 'error',
  '@graphql-eslint/relay-edge-types': ['error', { shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false }],
  '@graphql-eslint/relay-page-info': 'error',
  // Values stand in no order of letters, and two enums may share one; not every object has an id.
  '@graphql-eslint/strict-id-in-types': 'off',
  '@graphql-eslint/unique-enum-value-names': 'off',
  'cabinet/access-policy': 'error',
  'cabinet/boolean-prefix': 'error',
  'cabinet/deprecation-date': 'error',
  'cabinet/mutation-shape': 'error',
  'cabinet/no-null-items': 'error',
  'cabinet/two-languages': 'error',
}

export default [
  { ignores: ['**/*', '!schema', '!schema/**', 'schema/supergraph.graphql', '**/*.ts', '**/generated'] },
  ...SUBGRAPH_NAMES.map((name) => ({
    files: [`schema/${name}.graphql`],
    languageOptions,
    linterOptions,
    plugins,
    rules: {
      ...schemaRules,
      '@graphql-eslint/require-description': describe(
        Object.keys(ENTITY_HOMES).filter((entity) => ENTITY_HOMES[entity] !== name),
      ),
    },
  })),
  {
    files: ['schema/shared.graphql'],
    languageOptions,
    linterOptions,
    plugins,
    // Whatever is shared is reached from some subgraph, not from each.
    rules: { ...schemaRules, '@graphql-eslint/no-unreachable-types': 'off' },
  },
  {
    files: ['schema/operations/*.graphql'],
    languageOptions,
    linterOptions,
    plugins,
    rules: {
      ...graphql.configs['flat/operations-recommended'].rules,
      // A file is what a front end sends, whole: one operation, and the fragments that it spreads.
      '@graphql-eslint/lone-executable-definition': ['error', { ignore: ['fragment'] }],
      '@graphql-eslint/unique-fragment-name': 'off',
      '@graphql-eslint/match-document-filename': [
        'error',
        { query: 'kebab-case', mutation: 'kebab-case', subscription: 'kebab-case', fragment: 'kebab-case' },
      ],
      'cabinet/handle-user-errors': 'error',
    },
  },
]

/** Everything is described but the root types, and the entities that belong to another subgraph. */
function describe(foreignEntities) {
  const names = ['Query', 'Mutation', 'Subscription', ...foreignEntities]
  return [
    'error',
    {
      types: true,
      DirectiveDefinition: true,
      EnumValueDefinition: true,
      FieldDefinition: true,
      InputValueDefinition: true,
      ignoredSelectors: [`ObjectTypeDefinition[name.value=/^(${names.join('|')})$/]`],
    },
  ]
}
