import type { Bank, StoredPayment } from '../../../../cli/stand-ins/acquirer/bank.ts'
import type { NoticeEvent } from '../../../../cli/stand-ins/acquirer/operations.ts'
import { type CardShop, openCardShop, type TopUp } from './card-shop.ts'
import { FATES, type Fate } from './fates.ts'
import { FORGERIES } from './forgeries.ts'
import { findWrongEffects } from './notice-effects.ts'
import { inParallel, noteError, type TortureReport, type TortureWorld } from './torture.ts'

export interface NoticesOptions {
  /** The database, as payments' own role reaches it, and as its owner does. */
  readonly databaseUrl: string
  readonly adminUrl: string
  readonly notices: number
  /** How many payments are under way at once, each with its notices. */
  readonly atOnce: number
  readonly random: (below: number) => number
  /** A test plants a mistake here, before the first payment. */
  readonly plant?: (bank: Bank) => void
}

const LINES = 40
/** Two before anything is true of a payment, four when something is, two when more is, and two late. */
const NOTICES_EACH = 10
const KOPECKS_MIN = 1_000
const KOPECKS_MAX = 100_000
/** Of so many payments, one is asked for again by its customer while notices of it come in. */
const FOLLOWED_ONE_IN = 4

/** Notices of many payments come duplicated, out of order, late and forged: each payment counts once, as the acquirer has it. */
export async function tortureNotices(world: TortureWorld, options: NoticesOptions): Promise<TortureReport> {
  const { notices, atOnce, random } = options
  const payments = Math.ceil(notices / NOTICES_EACH)
  const problems: string[] = []
  const topUps: TopUp[] = []
  const late: (() => Promise<void>)[] = []
  const shop = await openCardShop(world, { ...options, lines: LINES })
  try {
    const stranger = { ...(await shop.topUp(pick(shop.customers, 0), 10_000n)).theirs, id: world.newId(), metadata: {} }
    shop.bank.payments.set(stranger.id, { ...stranger, status: 'succeeded', captured: stranger.amount })
    options.plant?.(shop.bank)
    const onDone = (done: number, total: number) => world.onDone?.(done * NOTICES_EACH, total * NOTICES_EACH)
    await inParallel({ count: payments, atOnce, onDone }, async (number) => {
      try {
        const amount = BigInt(KOPECKS_MIN + random(KOPECKS_MAX))
        const topUp = await shop.topUp(pick(shop.customers, number), amount)
        topUps.push(topUp)
        const story = { shop, topUp, fate: pick(FATES, number), number, strangersId: stranger.id, problems }
        late.push(...(await live(story)))
      } catch (error) {
        noteError(problems, error)
      }
    })
    shuffle(late, random)
    await inParallel({ count: late.length, atOnce }, async (number) => {
      await late[number]?.().catch((error: unknown) => noteError(problems, error))
    })
    problems.push(...(await findWrongEffects(world.db, shop, topUps)))
    const refunds = shop.bank.refunds.size
    return {
      name: 'notices',
      problems,
      figures: { notices: payments * NOTICES_EACH, payments, refunds, sentAgain: shop.door.sentAgain },
    }
  } finally {
    await shop.close()
  }
}

interface Story {
  readonly shop: CardShop
  readonly topUp: TopUp
  readonly fate: Fate
  readonly number: number
  /** A payment of the same shop at the acquirer that was never one of ours. */
  readonly strangersId: string
  readonly problems: string[]
}

/** Lives through what becomes of one payment; gives what comes late, when all is over. */
async function live(story: Story): Promise<(() => Promise<void>)[]> {
  const { shop, topUp, fate, number } = story
  const { theirs } = topUp
  const tell = (event: NoticeEvent) => shop.door.tell(event, { id: theirs.id, status: theirs.status })

  const early = [tell('payment.succeeded'), tellOfRefund(shop, theirs)]
  let truth = fate.happen(theirs)
  const follow = number % FOLLOWED_ONE_IN === 0 ? shop.sendAgain(topUp) : undefined
  await Promise.all([...early, forge(story), tell(truth), tell('payment.waiting_for_capture'), tell(truth), follow])

  truth = fate.turn?.(theirs) ?? truth
  const refund = fate.isRefunded ? giveBack(story) : undefined
  await Promise.all([tell(truth), refund?.(), tell(opposite(truth))])
  // A refund of which nothing was heard, and nothing is told, is asked for again by whoever asked for it.
  if (refund) return [() => tell(truth), () => tellOfRefund(shop, theirs), refund]
  return [() => tell(truth), () => tell(opposite(truth))]
}

/** What is not true, or not any more. */
function opposite(truth: NoticeEvent): NoticeEvent {
  return truth === 'payment.canceled' ? 'payment.succeeded' : 'payment.canceled'
}

/** It names the payment's refund if there is one, and else one that the acquirer does not have. */
function tellOfRefund({ bank, door }: CardShop, { id }: StoredPayment): Promise<void> {
  const refund = [...bank.refunds.values()].find(({ paymentId }) => paymentId === id)
  return door.tell('refund.succeeded', { id: refund?.id ?? `r-${id}`, payment_id: id })
}

async function forge({ shop, topUp, number, strangersId, problems }: Story): Promise<void> {
  const forgery = pick(FORGERIES, number)
  const status = await shop.door.send(forgery.write(topUp, strangersId))
  if (status !== forgery.status) problems.push(`a notice ${forgery.name} was answered with ${status}`)
}

/**
 * Asks for a refund, of all or a part, by the same key however often: the notice of the payment's success was
 * acknowledged, so the money is there.
 */
function giveBack({ shop, topUp, number, problems }: Story): () => Promise<void> {
  const part = topUp.amount / BigInt(1 + (number % 3))
  const idempotencyKey = `refund of ${topUp.paymentId}`
  return async () => {
    const answer = await shop.refund(topUp, part, idempotencyKey)
    if (answer !== 'RefundPaymentSuccess') problems.push(`a refund was answered with ${answer}`)
  }
}

function pick<Item>(items: readonly Item[], number: number): Item {
  return items[number % items.length] as Item
}

function shuffle(items: unknown[], random: (below: number) => number): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random(last + 1)
    ;[items[last], items[other]] = [items[other], items[last]]
  }
}
