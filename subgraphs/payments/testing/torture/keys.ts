import type { Transaction } from 'kysely'
import { once } from '../../actions/once.ts'
import { give } from '../../ledger/posting.ts'
import type { Tables } from '../../store/tables.ts'
import { inParallel, noteError, openLines, postedOf, type TortureReport, type TortureWorld } from './torture.ts'

export interface KeysOptions {
  readonly keys: number
  /** How often each is sent at once; it is sent once more after that, and once with another body. */
  readonly times: number
  readonly clients: number
  /** What runs the work of a key; a test puts a broken one here. */
  readonly run?: typeof once
}

const LINES = 8

type Outcome = { readonly kind: 'done'; readonly transactionId: string }

/** Sends the same keys again and again: each has one effect and one answer. */
export async function tortureKeys(
  world: TortureWorld,
  { keys, times, clients, run = once }: KeysOptions,
): Promise<TortureReport> {
  const problems: string[] = []
  const lines = await openLines(
    world,
    Array.from({ length: LINES }, () => 1n),
  )
  const personId = world.newId()
  await inParallel({ count: keys, atOnce: clients, onDone: world.onDone }, async (number) => {
    const lineId = lines[number % LINES] ?? ''
    const command = { personId, operation: 'torture', key: world.newId(), body: [lineId, '0.01'] }
    const work = (trx: Transaction<Tables>) => topUp(world, trx, lineId)
    try {
      const sent = await Promise.all(Array.from({ length: times }, () => run(world, command, work)))
      const last = await run(world, command, work)
      const answers = new Set(
        [...sent, last].filter(({ kind }) => kind !== 'operationInProgress').map((a) => JSON.stringify(a)),
      )
      if (answers.size !== 1 || last.kind !== 'done')
        problems.push(`a key was answered with ${[...answers].join(' and ')}`)
      const reused = await run(world, { ...command, body: [lineId, '0.02'] }, work)
      if (reused.kind !== 'idempotencyKeyReused') problems.push(`a key with another body was ${reused.kind}`)
    } catch (error) {
      noteError(problems, error)
    }
  })
  const posted = await postedOf(world, lines)
  const effects = posted.reduce((sum, amount) => sum + amount - 1n, 0n)
  if (effects !== BigInt(keys)) problems.push(`${keys} keys had ${effects} effects`)
  return { name: 'keys', problems, figures: { keys, requests: keys * (times + 2) } }
}

async function topUp(world: TortureWorld, trx: Transaction<Tables>, lineId: string): Promise<Outcome> {
  const posted = await world.parts.post(trx, world, {
    ...{ lineId, kind: 'TOP_UP', sourceKey: `torture:${world.newId()}`, occurredAt: world.clock.now() },
    movements: [give('KOPECK', 'CARD_ACQUIRING', 1n)],
  })
  return { kind: 'done', transactionId: posted.kind === 'posted' ? posted.transactionId : '' }
}
