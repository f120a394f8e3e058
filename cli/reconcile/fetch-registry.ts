import type { Acquirer, AcquirerAnswer, Page, Span } from '../../platform/acquirer/acquirer.ts'
import { EnvironmentError } from '../../platform/environment.ts'
import type { RegistryEntry } from '../../subgraphs/payments/reconciliation.ts'

/** What the acquirer itself says of a span: money taken off cards, and given back. */
export async function fetchRegistry(
  acquirer: Acquirer,
  span: { readonly from: Date; readonly before: Date },
): Promise<RegistryEntry[]> {
  const [payments, begun] = await Promise.all([
    readAll((cursor) => acquirer.listTaken({ ...span, cursor })),
    readAll((cursor) => acquirer.listRefunds({ ...span, cursor })),
  ])
  const refunds = begun.filter(({ status }) => status === 'SUCCEEDED')
  return [
    ...payments.map(({ id, amount }) => ({ kind: 'PAYMENT', acquirerId: id, kopecks: amount.kopecks }) as const),
    ...refunds.map(({ id, amount }) => ({ kind: 'REFUND', acquirerId: id, kopecks: amount.kopecks }) as const),
  ]
}

async function readAll<Item>(read: (cursor: Span['cursor']) => Promise<AcquirerAnswer<Page<Item>>>): Promise<Item[]> {
  const items: Item[] = []
  for (let cursor: string | null = null; ; ) {
    const answer: AcquirerAnswer<Page<Item>> = await read(cursor)
    if (answer.kind !== 'done') throw new EnvironmentError('The acquirer did not give its list. Try again later.')
    items.push(...answer.value.items)
    cursor = answer.value.next
    if (cursor === null) return items
  }
}
