import type { Acquirer, CardRefund } from '../../../../platform/acquirer/acquirer.ts'
import { createSecrets } from '../../../../platform/identity/secrets.ts'
import { UNKNOWN_CLIENT, type Viewer } from '../../../../platform/identity/viewer.ts'
import { systemRandomness } from '../../../../platform/random.ts'
import { OLD_SIMS } from '../../../../platform/testing/old-sims.ts'
import type { Asker } from '../../actions/asker.ts'
import type { CardDependencies } from '../../actions/card-payments/card-dependencies.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import type { LineModel } from './line-model.ts'

/** Small numbers, so that short sequences come to every limit. */
export const POLICIES = {
  'operator.timeZone': 'Europe/Moscow',
  'hold.ttlMinutes': 60,
  'hold.ttlMinutesMax': 60,
  'promisedPayment.tiers': [{ spentMaxKopecks: null, amountKopecks: 100 }],
  'promisedPayment.amountMinKopecks': 10,
  'promisedPayment.spendingDays': 30,
  'promisedPayment.termHours': 0.4,
  'promisedPayment.feeKopecks': 7,
  'promisedPayment.withoutFeeKopecks': 30,
  'promisedPayment.balanceMinKopecks': -60,
  'promisedPayment.newSubscriberDays': 0,
  'bonus.kopecksPerPoint': 20,
  'bonus.ttlMonths': 1,
  'bonus.giftPointsMin': 1,
  'bonus.giftPointsMax': 1_000,
  'bonus.giftPointsPerDay': 1_000,
  'transfer.quotesPerDay': 1_000,
  'purchase.quotesPerDay': 1_000,
  'purchase.quoteMinutes': 100_000_000,
  'acquirer.pauseSeconds': 15,
  'receipt.vatCode': 1,
  'receipt.taxSystemCode': 1,
  versions: {
    'bonus.kopecksPerPoint': 1,
    'promisedPayment.feeKopecks': 1,
    'transfer.feeKopecks': 1,
  } as PaymentsPolicies['versions'],
} satisfies Partial<PaymentsPolicies> as unknown as PaymentsPolicies

/** Thousandths that the merchant of the sequences takes on top of an amount. */
export const FEE_PERMILLE = 50n
export const MERCHANT_ID = 'model'

/** The person whose lines they are. */
export function ownerOf(accountId: string): Asker {
  const principal = {
    kind: 'account',
    accountId,
    personId: accountId,
    sessionId: 'model',
    organizationRole: null,
  } as const
  return { grant: { accountId, rights: 15 }, viewer: viewerOf(principal) }
}

export const STAFF = viewerOf({ kind: 'staff', staffId: 'model', sessionId: 'model', roles: ['supervisor'] })

function viewerOf(principal: Viewer['principal']): Viewer {
  return { principal, language: 'en', requestId: 'model', client: UNKNOWN_CLIENT }
}

/** All that the actions ask beside the database: each answers at once, and always alike. */
export function surroundingsOf(lines: readonly LineModel[]) {
  return {
    ask: {
      accounts: async () => ({ simHold: null }),
      'linked-numbers': async ({ variables }: { readonly variables?: object | undefined }) => {
        const { lineId, phone } = variables as { readonly lineId?: string; readonly phone?: string }
        const line = lines.find((known) => known.id === lineId || known.phone === phone)
        return {
          lineInService: line && { id: line.id, msisdn: line.phone, activatedOn: '2020-01-01' },
          subscriberByPhone: line && { lineId: line.id },
          numberOfLine: line?.phone ?? null,
        }
      },
      products: () => Promise.reject(new Error('nothing here asks products')),
    },
    simSwap: OLD_SIMS,
    merchants: { check: async () => ({ kind: 'done' }), pay: async () => ({ kind: 'unknown', cause: 'trouble' }) },
    acquirer: { createRefund } as unknown as Acquirer,
    secrets: SECRETS,
    returnOrigins: { has: () => true },
    background: { run: (work: () => Promise<void>) => work(), stop: async () => undefined },
    jobs: { send: async () => undefined, start: () => undefined, stop: async () => undefined },
    savedCards: { isUsable: async () => false, charge: async () => ({ kind: 'unknown' }) },
    random: systemRandomness,
    currencyCode: 'RUB',
    onEvent: () => undefined,
  } satisfies Partial<CardDependencies>
}

const SECRETS = createSecrets(['development-secret-of-a-model-development-secret'])

/** Gives even amounts back, and refuses odd ones. */
const createRefund: Acquirer['createRefund'] = async ({ paymentId, amount }, key) => {
  const isGiven = amount.kopecks % 2n === 0n
  const value: CardRefund = {
    ...{ id: `refund-${key}`, paymentId, amount, createdAt: REFUNDED_AT },
    status: isGiven ? 'SUCCEEDED' : 'CANCELED',
    cancellation: isGiven ? null : { party: 'yoo_money', reason: 'insufficient_funds' },
  }
  return { kind: 'done', value }
}

const REFUNDED_AT = new Date('2026-03-01T12:00:00Z')
