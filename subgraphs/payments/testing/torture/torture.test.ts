import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../cli/testing/test-database.ts'
import { systemClock } from '../../../../platform/clock.ts'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import { createNewId } from '../../../../platform/ids.ts'
import { systemRandomness } from '../../../../platform/random.ts'
import { watchedLogger } from '../../../../platform/testing/log-watch.ts'
import { once } from '../../actions/once.ts'
import { auditLedger } from '../../audit.ts'
import type { Tables } from '../../store/tables.ts'
import { readUnlocked } from '../model/plants.ts'
import { SOUND_PARTS } from '../model/world.ts'
import { tortureDatabaseKills } from './database-kills.ts'
import { tortureDoubleSpend } from './double-spend.ts'
import { tortureKeys } from './keys.ts'
import { startMortalCluster } from './mortal-cluster.ts'
import { tortureNotices } from './notices.ts'
import { tortureProcessKills } from './process-kills.ts'
import { send } from './requests.ts'
import { tortureSentTransfers } from './sent-transfers.ts'
import { tortureServerKills } from './server-kills.ts'
import type { TortureWorld } from './torture.ts'
import { tortureTransferKills } from './transfer-kills.ts'
import { tortureTransfers } from './transfers.ts'

// `npm run torture` does the same for as long as one likes.
const random = systemRandomness.below

describe('the ledger under torture', { timeout: 300_000 }, () => {
  let database: TestDatabase
  let db: ReturnType<typeof connectDatabase<Tables>>
  let world: TortureWorld

  beforeAll(async () => {
    database = await createTestDatabase()
    db = connectDatabase<Tables>({ url: database.urls.payments, poolSizeMax: 32, logger: watchedLogger })
    world = { db, clock: systemClock, newId: createNewId(systemClock), parts: SOUND_PARTS }
  })
  afterAll(async () => {
    await db.destroy()
    await database.drop()
  })

  const noticesOf = (notices: number) => ({ ...urls(), notices, atOnce: 8, random })
  const killsOf = (kills: number) => ({ ...urls(), kills, clients: 12, random })
  const transfersOf = (transfers: number) => ({ ...urls(), transfers, clients: 8, circles: 1, random })
  const urls = () => ({ databaseUrl: database.urls.payments, adminUrl: database.adminUrl })
  const breaches = async () => (await auditLedger(db)).findings.filter((finding) => finding.breaches > 0)

  /** Has each transfer told of twice, as two things, and forgets that a cause moves money once. */
  async function creditEachTime(work: () => Promise<void>): Promise<void> {
    await database.sql(`
      create function payments.tell_again() returns trigger language plpgsql as $$
      declare id uuid := gen_random_uuid();
      begin
        insert into payments.outbox (id, receiver, payload)
          values (id, new.receiver, new.payload || jsonb_build_object('id', id, 'isAgain', true));
        return null;
      end $$;
      create trigger tells_again after insert on payments.outbox for each row
      when (new.payload ->> 'kind' = 'TransferSent' and not new.payload ? 'isAgain')
      execute function payments.tell_again();
      ${forgetsCauses(`new.kind = 'TRANSFER_IN'`)}`)
    try {
      await work()
    } finally {
      await database.sql('drop function payments.tell_again, payments.forget_cause cascade')
    }
  }

  const forgetsCauses = (condition: string) => `
    create function payments.forget_cause() returns trigger language plpgsql as $$
    begin new.source_key := new.source_key || ' ' || gen_random_uuid(); return new; end $$;
    create trigger forgets_cause before insert on payments.ledger_transaction for each row
    when (${condition}) execute function payments.forget_cause()`

  it('moves money among few lines, and no client sees a deadlock', async () => {
    const { problems, figures } = await tortureTransfers(world, { transfers: 1_000, clients: 32, circles: 1, random })
    expect(problems).toEqual([])
    expect(figures['moved']).toBeGreaterThan(500)
  })

  it('spends a balance as often as it is enough for', async () => {
    const { problems } = await tortureDoubleSpend(world, { rounds: 3, atOnce: 150, random })
    expect(problems).toEqual([])
  })

  it('does the work of a key once', async () => {
    const { problems } = await tortureKeys(world, { keys: 100, times: 6, clients: 5 })
    expect(problems).toEqual([])
  })

  it('has done fully or not at all what a killed process was at, whatever the point', async () => {
    const { problems } = await tortureProcessKills(world, {
      ...{ url: database.urls.payments, rounds: 1, atOnce: 4 },
    })
    expect(problems).toEqual([])
  })

  it('has all that was acknowledged when PostgreSQL was killed under load', async () => {
    const cluster = await startMortalCluster()
    try {
      const options = { database: cluster, kills: 2, requests: 120, clients: 12 }
      const { problems, figures } = await tortureDatabaseKills(world, options)
      expect(problems).toEqual([])
      expect(figures).toMatchObject({ kills: 2, requests: 240 })
    } finally {
      await cluster.stop()
    }
  })

  it('credits a payment by card once, as the acquirer has it, whatever notices come', async () => {
    const { problems, figures } = await tortureNotices(world, noticesOf(440))
    expect(problems).toEqual([])
    expect(figures).toMatchObject({ notices: 440, payments: 44 })
    expect(figures['refunds']).toBeGreaterThan(5)
  })

  it('has all that was acknowledged, once, when the process of payments was killed under load', async () => {
    const { problems, figures } = await tortureServerKills(world, killsOf(2))
    expect(problems).toEqual([])
    expect(figures['wishes']).toBeGreaterThan(20)
    expect(figures['interrupted']).toBeGreaterThan(0)
  })

  it('makes transfers that people send as they were told', async () => {
    const { problems, figures } = await tortureSentTransfers(world, transfersOf(80))
    expect(problems).toEqual([])
    expect(figures['sent']).toBeGreaterThan(20)
    expect(figures['returned']).toBeGreaterThan(0)
  })

  it('makes a transfer once whose process was killed on its way, or gives it back', async () => {
    const points = ['credit is committed'] as const
    const { problems, figures } = await tortureTransferKills(world, { ...urls(), rounds: 2, points })
    expect(problems).toEqual([])
    expect(figures).toMatchObject({ kills: 2, transfers: 6 })
  })

  it('leaves a ledger that reconciles', async () => {
    expect(await breaches()).toEqual([])
  })

  describe('finds what was planted:', () => {
    it('a balance read without its lock', async () => {
      const parts = { ...SOUND_PARTS, lockBalance: readUnlocked }
      const spent = await tortureDoubleSpend({ ...world, parts }, { rounds: 2, atOnce: 40, random })
      expect(spent.problems.join()).toMatch(/balance_floor/)
      const moved = await tortureTransfers({ ...world, parts }, { transfers: 60, clients: 12, circles: 1, random })
      expect(moved.problems.join()).toMatch(/balance_floor|deadlock/)
    })

    it('a key that is looked for before it is written', async () => {
      const run: typeof once = async (dependencies, command, work) => {
        const known = await db.selectFrom('idempotency_key').selectAll().where('key', '=', command.key).execute()
        if (known.length > 0) return once(dependencies, command, work)
        const outcome = await dependencies.db.transaction().execute(work)
        await once(dependencies, command, async () => outcome)
        return outcome
      }
      const { problems } = await tortureKeys(world, { keys: 20, times: 6, clients: 5, run })
      expect(problems.join()).toMatch(/a key was answered with/)
      expect(problems.join()).toMatch(/20 keys had \d+ effects/)
    })

    it('a commit that is told of before it is on disk', async () => {
      const cluster = await startMortalCluster()
      try {
        const database = { ...cluster, url: () => `${cluster.url()}&options=-c%20synchronous_commit%3Doff` }
        const options = { database, kills: 3, requests: 120, clients: 12 }
        const { problems } = await tortureDatabaseKills(world, options)
        expect(problems.join()).toMatch(/was acknowledged and has 0 effects/)
      } finally {
        await cluster.stop()
      }
    })

    it('a request that is sent again under another key', async () => {
      const { problems } = await tortureProcessKills(world, {
        ...{ url: database.urls.payments, rounds: 1, atOnce: 4, kinds: ['charge'] },
        resend: (to, request) => send(to, { ...request, key: `${request.key}${world.newId()}` }),
      })
      expect(problems).toHaveLength(5)
      expect(problems.join()).toMatch(/effects after it was sent again/)
    })

    it('a notice that is believed, and the acquirer not asked', async () => {
      const { problems } = await tortureNotices(world, {
        ...noticesOf(100),
        // The acquirer answers about every amount of this: one that was paid before it is known where is not what is looked for.
        random: () => 0,
        // Whatever payments ask about is paid, as the notice has said.
        plant(bank) {
          const find = bank.payments.get.bind(bank.payments)
          bank.payments.get = (id) => {
            const payment = find(id)
            return payment && { ...payment, status: 'succeeded', capturedAt: payment.createdAt }
          }
        },
      })
      expect(problems.join()).toMatch(/acquirer:\S+ has moved \d+, and should not have/)
      expect(problems.join()).toMatch(/a payment that is canceled at the acquirer is SUCCEEDED here/)
    })

    it('a payment that is settled without the unique key of its cause', async () => {
      await database.sql(forgetsCauses(`new.source_key like 'acquirer:%'`))
      const { problems } = await tortureNotices(world, noticesOf(100))
      await database.sql('drop function payments.forget_cause() cascade')
      expect(problems.join()).toMatch(/acquirer:\S+ \S+ has moved \d+, and should not have/)
    })

    it('a transfer whose event is there twice and whose credit has no key of its own', async () => {
      await creditEachTime(async () => {
        const { problems } = await tortureSentTransfers(world, transfersOf(24))
        expect(problems.join()).toMatch(/transfer:\S+ \S+ has moved \d+, and should not have/)
        const killed = { ...urls(), rounds: 1, points: ['credit is committed'] as const }
        const { problems: afterKills } = await tortureTransferKills(world, killed)
        expect(afterKills.join()).toMatch(/transfer:\S+ \S+ has moved 1000, and should not have/)
      })
      const meaning = 'what one line got another gave, or is about to, and the other way round'
      expect(await breaches()).toContainEqual(expect.objectContaining({ invariant: 'I1', meaning }))
    })

    it('a client’s id that is ignored when it asks again', async () => {
      const idOf = (id: string, time: number) => (time === 0 ? id : world.newId())
      const { problems } = await tortureServerKills(world, { ...killsOf(1), kinds: ['charge'], idOf })
      expect(problems.join()).toMatch(/charge:\S+ has moved -\d+, and should not have/)
    })
  })
})
