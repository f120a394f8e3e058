import type { SubgraphName } from '../../platform/subgraph/name.ts'

/** Of each subgraph, a query for what the others tell alone. */
export const WITHOUT: Readonly<Record<SubgraphName, string>> = {
  accounts: '{ viewer { lines(first: 5) { nodes { msisdn balance { available { amount } } } } } }',
  'linked-numbers': '{ viewer { displayName } }',
  products: '{ viewer { displayName lines(first: 5) { nodes { msisdn balance { available { amount } } } } } }',
  payments: '{ viewer { displayName lines(first: 5) { nodes { msisdn tariff { name } } } } }',
}
