import type { Kysely } from 'kysely'
import { type PersonalPage, readPersonalPage } from '../../../../platform/personal-data/personal-tables.ts'
import type { AskSubgraph } from '../../../../platform/subgraph/ask.ts'
import { ACCOUNT_TABLES } from '../../store/personal-tables.ts'
import type { Tables } from '../../store/tables.ts'
import { ownedLines } from '../credential-hold/sim-changes.ts'

export interface CollectDependencies {
  readonly db: Kysely<Tables>
  readonly ask: Readonly<Record<'linked-numbers' | 'products' | 'payments', AskSubgraph>>
}

/** A row of somebody's data, as JSON, and whose it was to keep. */
export interface CollectedRecord {
  readonly part: keyof CollectDependencies['ask'] | 'accounts'
  readonly json: string
}

/** Gives all that the four parts keep of an account, page by page: whatever its size, a page of it is in memory. */
export async function* collectRecords(
  dependencies: CollectDependencies,
  accountId: string,
): AsyncGenerator<CollectedRecord> {
  const { db, ask } = dependencies
  yield* ofPart('accounts', (after) => readPersonalPage(db, ACCOUNT_TABLES, accountId, after))
  for (const [part, query] of ABOUT_ACCOUNT) {
    yield* ofPart(part, (after) => askPage(ask[part], query, { id: accountId, after }))
  }
  for (let last: string | null = null; ; ) {
    const page = await ownedLines(ask['linked-numbers'], accountId, last)
    for (const { id } of page) yield* ofLine(dependencies, id)
    last = page.at(-1)?.id ?? null
    if (last === null) return
  }
}

async function* ofLine({ ask }: CollectDependencies, id: string): AsyncGenerator<CollectedRecord> {
  for (const [part, query] of ABOUT_LINE) yield* ofPart(part, (after) => askPage(ask[part], query, { id, after }))
}

async function* ofPart(
  part: CollectedRecord['part'],
  read: (after: string | null) => Promise<PersonalPage>,
): AsyncGenerator<CollectedRecord> {
  let after: string | null = null
  do {
    const { records, next } = await read(after)
    for (const json of records) yield { part, json }
    after = next
  } while (after !== null)
}

const ABOUT_ACCOUNT = [
  ['linked-numbers', pageQuery('personalAccountData', 'accountId')],
  ['payments', pageQuery('personalPayerData', 'accountId')],
] as const
const ABOUT_LINE = [
  ['linked-numbers', pageQuery('personalNumberData', 'lineId')],
  ['products', pageQuery('personalProductData', 'lineId')],
  ['payments', pageQuery('personalPaymentData', 'lineId')],
] as const

function pageQuery(field: string, argument: string): string {
  return `query ($id: ID!, $after: String) { page: ${field}(${argument}: $id, after: $after) { records next } }`
}

async function askPage(
  ask: AskSubgraph,
  query: string,
  variables: { readonly id: string; readonly after: string | null },
): Promise<PersonalPage> {
  const { page } = await ask({ query, variables })
  return page as PersonalPage
}
