import type pg from 'pg'

/** A merchant of the catalogue, as its file has it; amounts in kopecks. */
export interface BulkMerchant {
  readonly id: string
  readonly name: { readonly ru: string; readonly en: string }
  readonly referenceLabel: { readonly ru: string; readonly en: string }
  /** A regular expression for the whole account. */
  readonly referencePattern: string
  readonly referenceExample: string
  readonly amountMin: bigint
  readonly amountMax: bigint
  /** Thousandths of the amount, on top of it. */
  readonly feePermille: number
}

/** Makes the catalogue these merchants: those that are in it no more are closed, and stay for what was paid to them. */
export async function loadMerchants(client: pg.ClientBase, merchants: readonly BulkMerchant[]): Promise<void> {
  await client.query('update payments.merchant set is_open = false where is_open and id <> all($1::text[])', [
    merchants.map(({ id }) => id),
  ])
  for (const merchant of merchants) await client.query(PUT, valuesOf(merchant))
}

const PUT = `
  insert into payments.merchant (id, name_ru, name_en, reference_label_ru, reference_label_en, reference_pattern,
    reference_example, amount_min, amount_max, fee_permille)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  on conflict (id) do update set name_ru = excluded.name_ru, name_en = excluded.name_en,
    reference_label_ru = excluded.reference_label_ru, reference_label_en = excluded.reference_label_en,
    reference_pattern = excluded.reference_pattern, reference_example = excluded.reference_example,
    amount_min = excluded.amount_min, amount_max = excluded.amount_max, fee_permille = excluded.fee_permille,
    is_open = true
`

function valuesOf(merchant: BulkMerchant): unknown[] {
  const { id, name, referenceLabel, referencePattern, referenceExample, amountMin, amountMax, feePermille } = merchant
  return [
    id,
    name.ru,
    name.en,
    referenceLabel.ru,
    referenceLabel.en,
    referencePattern,
    referenceExample,
    amountMin,
    amountMax,
    feePermille,
  ]
}
