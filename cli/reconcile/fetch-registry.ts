import type { Acquirer, AcquirerAnswer, CardPayment, CardRefund, Page, Span } from '../../platform/acquirer/acquirer.ts'
import { EnvironmentError } from '../../platform/environment.ts'
import type { CurrencyCode } from '../../platform/money.ts'
import type { RegistryEntry, RegistryKind } from '../../subgraphs/payments/reconciliation.ts'

export interface RegistrySpan extends Pick<Span, 'from' | 'before'> {
  readonly currencyCode: CurrencyCode
  /** Told of what is left out: of other money we have nothing that it could be compared with. */
  readonly onProgress: (line: string) => void
}

/** What the acquirer itself says of a span: money taken off cards, and given back. */
export async function fetchRegistry(
  acquirer: Acquirer,
  { currencyCode, onProgress, ...span }: RegistrySpan,
): Promise<RegistryEntry[]> {
  const [payments, begun] = await Promise.all([
    readAll((cursor) => acquirer.listTaken({ ...span, cursor })),
    readAll((cursor) => acquirer.listRefunds({ ...span, cursor })),
  ])
  const refunds = begun.filter(({ status }) => status === 'SUCCEEDED')
  const entries = (kind: RegistryKind, items: readonly Pick<CardPayment | CardRefund, 'id' | 'amount'>[]) =>
    items.flatMap(({ id, amount }) => {
      if (amount.currencyCode === currencyCode) return [{ kind, acquirerId: id, kopecks: amount.kopecks }]
      onProgress(`${id}: ${amount.currencyCode} is not compared`)
      return []
    })
  return [...entries('PAYMENT', payments), ...entries('REFUND', refunds)]
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
