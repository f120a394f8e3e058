import type { Clock } from '../../../../platform/clock.ts'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import type { NewId } from '../../../../platform/ids.ts'
import { silentLogger } from '../../../../platform/logger.ts'
import type { Tables } from '../../store/tables.ts'
import { runSequences } from '../model/sequences.ts'
import { SOUND_PARTS } from '../model/world.ts'
import { tortureDatabaseKills } from './database-kills.ts'
import { tortureDoubleSpend } from './double-spend.ts'
import { tortureKeys } from './keys.ts'
import type { MortalCluster } from './mortal-cluster.ts'
import { tortureNotices } from './notices.ts'
import { tortureProcessKills } from './process-kills.ts'
import { tortureSentTransfers } from './sent-transfers.ts'
import { tortureServerKills } from './server-kills.ts'
import type { TortureReport, TortureWorld } from './torture.ts'
import { tortureTransferKills } from './transfer-kills.ts'
import { tortureTransfers } from './transfers.ts'
import { tortureYears } from './years.ts'

/** What a piece of the torture is run on. */
export interface Rack {
  readonly cluster: MortalCluster
  readonly clock: Clock
  readonly newId: NewId
  readonly random: (below: number) => number
  /** Of the sequences. */
  readonly seed: number
  readonly onDone: NonNullable<TortureWorld['onDone']>
}

/** A torture that can be run alone. */
export interface Piece {
  /** What it is asked for by, and what it counts. */
  readonly name: string
  readonly count: number
  /** What `count` of them are. */
  readonly about: string
  run(rack: Rack, count: number): Promise<TortureReport>
}

/** All of it, in the order in which it is run. */
export const PIECES: readonly Piece[] = [
  {
    name: 'transfers',
    count: 1_000_000,
    about: 'among few lines, by 64 clients',
    run: (rack, transfers) =>
      withWorld(rack, 64, (world) =>
        tortureTransfers(world, { transfers, clients: 64, circles: 4, random: rack.random }),
      ),
  },
  {
    name: 'rounds',
    count: 1_000,
    about: 'in which 500 clients spend one balance',
    run: (rack, rounds) =>
      withWorld(rack, 64, (world) => tortureDoubleSpend(world, { rounds, atOnce: 500, random: rack.random })),
  },
  {
    name: 'keys',
    count: 100_000,
    about: 'idempotency keys, each sent ten times',
    run: (rack, keys) => withWorld(rack, 64, (world) => tortureKeys(world, { keys, times: 8, clients: 8 })),
  },
  {
    name: 'sequences',
    count: 100_000,
    about: 'of operations beside the model',
    run: (rack, runs) => withWorld(rack, 20, (world) => sequences(rack, world, runs)),
  },
  {
    name: 'years',
    count: 10,
    about: 'in which jobs do what comes round, simulated',
    run: tortureYears,
  },
  {
    name: 'notices',
    count: 50_000,
    about: 'of the acquirer, duplicated, reordered, late and forged',
    run: (rack, notices) =>
      withWorld(rack, 8, (world) =>
        tortureNotices(world, { ...urlsOf(rack), notices, atOnce: 32, random: rack.random }),
      ),
  },
  {
    name: 'sent-transfers',
    count: 20_000,
    about: 'as people make them: asked for, confirmed, credited and taken',
    run: (rack, transfers) =>
      withWorld(rack, 8, (world) =>
        tortureSentTransfers(world, { ...urlsOf(rack), transfers, clients: 32, circles: 4, random: rack.random }),
      ),
  },
  {
    name: 'transfer-kills',
    count: 100,
    about: 'at each point of a transfer’s way',
    run: (rack, rounds) => withWorld(rack, 8, (world) => tortureTransferKills(world, { ...urlsOf(rack), rounds })),
  },
  {
    name: 'process-kills',
    count: 100,
    about: 'at each point of each request',
    run: (rack, rounds) =>
      withWorld(rack, 8, (world) => tortureProcessKills(world, { url: rack.cluster.url(), rounds, atOnce: 4 })),
  },
  {
    name: 'server-kills',
    count: 100,
    about: 'of the process of payments, under load at its door',
    run: (rack, kills) =>
      withWorld(rack, 8, (world) =>
        tortureServerKills(world, { ...urlsOf(rack), kills, clients: 16, random: rack.random }),
      ),
  },
  {
    name: 'database-kills',
    count: 50,
    about: 'of PostgreSQL under load',
    run: (rack, kills) =>
      tortureDatabaseKills(
        { ...rack, parts: SOUND_PARTS },
        { database: rack.cluster, kills, requests: 500, clients: 16 },
      ),
  },
]

/** With a pool of its own: PostgreSQL may be elsewhere after it was killed. */
async function withWorld(
  { cluster, clock, newId, onDone }: Rack,
  poolSizeMax: number,
  run: (world: TortureWorld) => Promise<TortureReport>,
): Promise<TortureReport> {
  const db = connectDatabase<Tables>({ url: cluster.url(), poolSizeMax, logger: silentLogger })
  try {
    return await run({ db, clock, newId, parts: SOUND_PARTS, onDone })
  } finally {
    await db.destroy()
  }
}

function urlsOf({ cluster }: Rack): { readonly databaseUrl: string; readonly adminUrl: string } {
  return { databaseUrl: cluster.url(), adminUrl: cluster.adminUrl() }
}

/** Beside the model: time in the sequences is their own, and all that is held is free again at the end of each. */
async function sequences({ seed }: Rack, { db, newId, onDone }: TortureWorld, runs: number): Promise<TortureReport> {
  let done = 0
  const problem = await runSequences({ db, newId, runs, seed, onRun: () => onDone?.(++done, runs) }).then(
    () => null,
    (error: Error) => error.message,
  )
  return { name: 'model', problems: problem === null ? [] : [problem], figures: { sequences: runs, seed } }
}
