import { Readable } from 'node:stream'
import { unseal } from '../../../../platform/identity/seal.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { ANONYMOUS, UNKNOWN_CLIENT } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { invariant } from '../../../../platform/invariant.ts'
import { recordAct } from '../../store/acts.ts'
import { type ExportRun, findChunk, findExport, putLink, takeLink } from '../../store/data-exports.ts'
import { hasSignedInFreshly } from '../confirm-identity.ts'
import { type CredentialHoldDependencies, checkCredentialHold } from '../credential-hold.ts'
import type { SessionDependencies } from '../sessions/open-session.ts'
import { formatLinkToken, hashLinkSecret, LINK_SECRET_BYTES, readLinkToken } from './link-token.ts'
import { EXPORT_SEAL_PURPOSE } from './prepare-export.ts'
import { exportableAccount } from './request-export.ts'

export type DownloadExportDependencies = SessionDependencies & CredentialHoldDependencies

export type DownloadExportOutcome =
  | { readonly kind: 'linked'; readonly token: string; readonly expiresAt: Date }
  | { readonly kind: 'exportNotFound' }
  | { readonly kind: 'notReady' }
  | { readonly kind: 'recentSignInRequired' }
  | { readonly kind: 'simChanged'; readonly until: Date }

const MINUTE_MS = 60_000

/** Makes a link to a copy that is ready; the link before it, if any, is dead. */
export async function downloadExport(
  dependencies: DownloadExportDependencies,
  command: { readonly exportId: string },
  viewer: Viewer,
): Promise<DownloadExportOutcome> {
  const { db, clock, newId, random, policies } = dependencies
  const accountId = exportableAccount(viewer)
  const exportId = parseId(command.exportId)
  const { principal } = viewer
  if (accountId === null || exportId === null || principal.kind !== 'account') return { kind: 'exportNotFound' }
  if ((await findExport(db, { accountId, exportId })) === null) return { kind: 'exportNotFound' }
  if (!(await hasSignedInFreshly(dependencies, viewer))) return { kind: 'recentSignInRequired' }
  const now = clock.now()
  const until = await checkCredentialHold(dependencies, principal.personId, now)
  if (until) return { kind: 'simChanged', until }

  const secret = random.bytes(LINK_SECRET_BYTES)
  const expiresAt = new Date(now.getTime() + (await policies.current())['export.linkMinutes'] * MINUTE_MS)
  return db.transaction().execute(async (trx) => {
    const link = { hash: hashLinkSecret(secret), expiresAt, now }
    if (!(await putLink(trx, { accountId, exportId }, link))) return { kind: 'notReady' }
    const act = { id: newId(), at: now, accountId, kind: 'DATA_EXPORT_LINK_ISSUED', details: { exportId } }
    await recordAct(trx, viewer, act)
    return { kind: 'linked', token: formatLinkToken({ accountId, exportId, secret }), expiresAt }
  })
}

/**
 * Opens a copy for whoever brings its link, once. Null when the link was taken, is over, or never was one. A download
 * that breaks is not gone on with: a new link is asked for, as the first was.
 */
export async function openDownload(
  dependencies: DownloadExportDependencies,
  text: string,
  requestId: string,
): Promise<Readable | null> {
  const token = readLinkToken(text)
  if (token === null) return null
  const { db, clock, newId } = dependencies
  const { accountId, exportId, secret } = token
  const now = clock.now()
  const taken = await db.transaction().execute(async (trx) => {
    const found = await takeLink(trx, token, { hash: hashLinkSecret(secret), now })
    if (found === null) return null
    const viewer: Viewer = { principal: ANONYMOUS, language: 'ru', requestId, client: UNKNOWN_CLIENT }
    await recordAct(trx, viewer, { id: newId(), at: now, accountId, kind: 'DATA_EXPORT_TAKEN', details: { exportId } })
    return found
  })
  return taken && Readable.from(readCopy(dependencies, { accountId, exportId, runId: taken.runId }, taken.chunkCount))
}

async function* readCopy(
  { db, secrets }: DownloadExportDependencies,
  run: ExportRun,
  chunkCount: number,
): AsyncGenerator<Buffer> {
  for (let number = 0; number < chunkCount; number++) {
    const sealed = await findChunk(db, run, number)
    const text = sealed === null ? null : unseal(sealed, EXPORT_SEAL_PURPOSE, secrets)
    const [exportId, place, body = ''] = text?.split(' ') ?? []
    invariant(exportId === run.exportId && place === String(number), 'the chunks of a copy are whole and in order')
    yield Buffer.from(body, 'base64')
  }
}
