import type { Variables } from '../../platform/environment.ts'
import { formatKopecks } from '../../platform/money.ts'
import type { Comparison, Difference, Verdict } from '../../subgraphs/payments/reconciliation.ts'
import { speaksRussian } from '../introduction.ts'

interface Texts {
  readonly matched: string
  readonly verdicts: Readonly<Record<Verdict, string>>
  readonly kinds: Readonly<Record<Difference['kind'], string>>
  readonly ours: string
  readonly theirs: string
  readonly line: string
  readonly agrees: string
  readonly differs: string
}

const ENGLISH: Texts = {
  matched: 'agree',
  verdicts: {
    MISSING_HERE: 'at the acquirer and not here',
    MISSING_THERE: 'here and not at the acquirer',
    DIFFERING: 'other amounts',
  },
  kinds: { PAYMENT: 'payment', REFUND: 'refund' },
  ours: 'here',
  theirs: 'there',
  line: 'line',
  agrees: 'The day agrees with the acquirer.',
  differs: 'The day does NOT agree with the acquirer. Nothing was posted: look at each.',
}

const RUSSIAN: Texts = {
  matched: 'сходится',
  verdicts: {
    MISSING_HERE: 'есть у банка, нет у нас',
    MISSING_THERE: 'есть у нас, нет у банка',
    DIFFERING: 'суммы разные',
  },
  kinds: { PAYMENT: 'платёж', REFUND: 'возврат' },
  ours: 'у нас',
  theirs: 'у банка',
  line: 'номер',
  agrees: 'День сходится с банком.',
  differs: 'День НЕ сходится с банком. Ничего не проведено: разберите каждое расхождение.',
}

const VERDICTS: readonly Verdict[] = ['MISSING_HERE', 'MISSING_THERE', 'DIFFERING']

/** The comparison as lines, in the language of the one who reads it. */
export function describeComparison(
  { matched, matchedKopecks, differences }: Comparison,
  day: string,
  variables: Variables,
): string {
  const texts = speaksRussian(variables) ? RUSSIAN : ENGLISH
  const amount = (kopecks: bigint | null) => (kopecks === null ? '—' : formatKopecks(kopecks))
  const parts = VERDICTS.flatMap((verdict) => {
    const found = differences.filter((difference) => difference.verdict === verdict)
    return [
      `${found.length === 0 ? '✓' : '✗'} ${texts.verdicts[verdict]}: ${found.length}`,
      ...found.map(
        ({ kind, acquirerId, ours, theirs, lineId }) =>
          `    ${texts.kinds[kind]} ${acquirerId}  ${texts.theirs} ${amount(theirs)}, ${texts.ours} ${amount(ours)}` +
          (lineId === null ? '' : `, ${texts.line} ${lineId}`),
      ),
    ]
  })
  return [
    `${day}`,
    `✓ ${texts.matched}: ${matched} (${formatKopecks(matchedKopecks)})`,
    ...parts,
    differences.length === 0 ? texts.agrees : texts.differs,
  ].join('\n')
}

/** The same for programs: amounts as decimals. */
export function comparisonJson({ matched, matchedKopecks, differences }: Comparison, day: string): string {
  const amount = (kopecks: bigint | null) => kopecks && formatKopecks(kopecks)
  return JSON.stringify(
    {
      day,
      matched,
      matchedAmount: formatKopecks(matchedKopecks),
      differences: differences.map(({ ours, theirs, ...rest }) => ({
        ...rest,
        ours: amount(ours),
        theirs: amount(theirs),
      })),
    },
    null,
    2,
  )
}
