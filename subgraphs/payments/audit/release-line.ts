import type { Kysely } from 'kysely'
import { type AuditFinding, auditLedger } from '../audit.ts'
import { liftQuarantine } from '../store/quarantine.ts'
import type { Tables } from '../store/tables.ts'
import { onlyLine } from './ranges.ts'

export type ReleaseLineOutcome =
  | { readonly kind: 'released' }
  | { readonly kind: 'notQuarantined' }
  | { readonly kind: 'stillBroken'; readonly findings: readonly AuditFinding[] }

/** Serves a line again whose books were put right: they are audited first. */
export async function releaseLine(db: Kysely<Tables>, lineId: string): Promise<ReleaseLineOutcome> {
  const { findings, isClean } = await auditLedger(db, { lines: onlyLine(lineId) })
  if (!isClean) return { kind: 'stillBroken', findings: findings.filter(({ breaches }) => breaches > 0) }
  return (await liftQuarantine(db, lineId)) ? { kind: 'released' } : { kind: 'notQuarantined' }
}
