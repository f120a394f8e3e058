import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../../platform/clock.ts'
import type { Logger } from '../../../platform/logger.ts'
import type { Policies } from '../../../platform/policy/policies.ts'
import { type AuditReport, auditLedger } from '../audit.ts'
import type { PaymentsPolicies } from '../store/policies.ts'
import { type BrokenLine, quarantineLines } from '../store/quarantine.ts'
import type { Tables } from '../store/tables.ts'

export interface AuditDependencies {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly policies: Policies<PaymentsPolicies>
  readonly logger: Logger
}

/** One that has not finished after so long is taken for lost, and is begun anew. */
const LOST_AFTER_HOURS = 6

/**
 * Audits the whole ledger, once a day whichever process comes to it. What does not reconcile is not served any more, and
 * is an error in the log. Null when the day's audit was done, is under way or is not due.
 */
export async function auditDaily(dependencies: AuditDependencies): Promise<AuditReport | null> {
  const { db, clock, policies } = dependencies
  const now = clock.now()
  if (now.getUTCHours() < (await policies.current())['audit.utcHour']) return null
  const day = now.toISOString().slice(0, 10)
  if (!(await beginDay(db, day, now))) return null
  const report = await auditAndQuarantine(dependencies)
  const breaches = report.findings.reduce((sum, finding) => sum + finding.breaches, 0)
  await db
    .updateTable('ledger_audit')
    .set({ finished_at: clock.now(), breaches })
    .where('day', '=', day)
    .executeTakeFirst()
  return report
}

/** Audits the ledger now, and keeps what does not reconcile from being served. */
export async function auditAndQuarantine({
  db,
  clock,
  logger,
}: Omit<AuditDependencies, 'policies'>): Promise<AuditReport> {
  const onBroken = async (lines: readonly BrokenLine[]) => {
    const reasons = new Map(lines.map(({ lineId, reason }) => [lineId, reason]))
    for (const lineId of await quarantineLines(db, lines, clock.now())) {
      logger.error({ lineId, reason: reasons.get(lineId) }, 'a line does not reconcile and is not served any more')
    }
  }
  const report = await auditLedger(db, { now: clock.now(), onBroken })
  for (const { breaches, invariant, meaning, examples } of report.findings) {
    if (breaches > 0) logger.error({ invariant, meaning, breaches, examples }, 'the ledger breaks an invariant')
  }
  return report
}

async function beginDay(db: Kysely<Tables>, day: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    insert into ledger_audit as audit (day, started_at) values (${day}::date, ${now})
    on conflict (day) do update set started_at = excluded.started_at
      where audit.finished_at is null
        and audit.started_at < excluded.started_at - make_interval(hours => ${LOST_AFTER_HOURS})
    returning day
  `.execute(db)
  return rows.length > 0
}
