import type { Clock } from '../../../../platform/clock.ts'
import { seal } from '../../../../platform/identity/seal.ts'
import type { Secrets } from '../../../../platform/identity/secrets.ts'
import type { NewId } from '../../../../platform/ids.ts'
import { invariant } from '../../../../platform/invariant.ts'
import type { Jobs } from '../../../../platform/jobs/jobs.ts'
import type { Policies } from '../../../../platform/policy/policies.ts'
import type { Randomness } from '../../../../platform/random.ts'
import {
  deleteRun,
  type ExportKey,
  type ExportRun,
  eraseExport,
  findExport,
  insertChunk,
  markReady,
} from '../../store/data-exports.ts'
import { writeNotice } from '../../store/notices.ts'
import type { AccountsPolicies } from '../../store/policies.ts'
import { type CollectDependencies, collectRecords } from './collect.ts'
import { ERASE_EXPORT, exportKey } from './queues.ts'
import { writeCopy } from './write-copy.ts'

export interface PrepareExportDependencies extends CollectDependencies {
  readonly clock: Clock
  readonly newId: NewId
  readonly random: Randomness
  readonly secrets: Secrets
  readonly policies: Policies<AccountsPolicies>
  readonly jobs: Jobs
  readonly onOutgoing: () => void
}

export const EXPORT_SEAL_PURPOSE = 'data export'
/** 384 MB compressed: no account of a person comes near. */
const CHUNKS_MAX = 1_000
const DAY_MS = 86_400_000

/**
 * Puts a copy together and tells of it. Any number may try at once, and one that was killed is tried again: each writes
 * chunks of its own, and the first that ends makes its own the copy. Rejects when a part of the graph is away.
 */
export async function prepareExport(
  dependencies: PrepareExportDependencies,
  data: unknown,
  signal: AbortSignal,
): Promise<void> {
  const key = exportKey.parse(data)
  const found = await findExport(dependencies.db, key)
  if (found?.status !== 'PREPARING') return
  const run = { ...key, runId: dependencies.newId() }
  try {
    const chunkCount = await writeChunks(dependencies, run, signal)
    if (await finish(dependencies, run, chunkCount)) dependencies.onOutgoing()
    else await deleteRun(dependencies.db, run)
  } catch (error) {
    await deleteRun(dependencies.db, run).catch(() => undefined)
    throw error
  }
}

async function writeChunks(
  dependencies: PrepareExportDependencies,
  run: ExportRun,
  signal: AbortSignal,
): Promise<number> {
  const { clock, db, secrets, random } = dependencies
  const { accountId, exportId } = run
  const copy = writeCopy({ accountId, exportId, preparedAt: clock.now() }, collectRecords(dependencies, accountId))
  let number = 0
  for await (const bytes of copy) {
    signal.throwIfAborted()
    invariant(number < CHUNKS_MAX, `an export has at most ${CHUNKS_MAX} chunks`)
    const sealed = seal(`${exportId} ${number} ${bytes.toString('base64')}`, EXPORT_SEAL_PURPOSE, secrets, random)
    await insertChunk(db, run, { number, sealed })
    number++
  }
  return number
}

/** False when another run was first. */
async function finish(
  { db, clock, newId, policies, jobs }: PrepareExportDependencies,
  run: ExportRun,
  chunkCount: number,
): Promise<boolean> {
  const { accountId, exportId } = run
  const now = clock.now()
  const expiresAt = new Date(now.getTime() + (await policies.current())['export.keepDays'] * DAY_MS)
  return db.transaction().execute(async (trx) => {
    if (!(await markReady(trx, run, { chunkCount, now, expiresAt }))) return false
    const parameters = { exportId, expiresAt: expiresAt.toISOString() }
    await writeNotice(trx, { id: newId(), accountId, kind: 'EXPORT_READY', parameters, at: now })
    await jobs.send(trx, ERASE_EXPORT, { data: { accountId, exportId } satisfies ExportKey, startAfter: expiresAt })
    return true
  })
}

/** Erases a copy whose time is over. Rejects when it is not: the database's clock is before ours. */
export async function eraseWhenOver({ db, clock }: PrepareExportDependencies, data: unknown): Promise<void> {
  const key = exportKey.parse(data)
  const isErased = await db.transaction().execute((trx) => eraseExport(trx, key, clock.now()))
  if (!isErased) throw new Error('the export is still to be kept')
}
