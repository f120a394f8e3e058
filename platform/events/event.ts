import { z } from 'zod'
import { STAFF_ROLES, type StaffRole } from '../identity/viewer.ts'

/** A fact that one subgraph tells the others, in the past tense. */
export type DomainEvent = LineAccessChanged | ActRecorded

/**
 * The rights of an account on a line are now these. The version grows with every change of the pair, so that a
 * receiver keeps the newest whatever order events arrive in.
 */
export interface LineAccessChanged {
  readonly id: string
  readonly kind: 'LineAccessChanged'
  readonly occurredAt: string
  readonly lineId: string
  readonly accountId: string
  /** Bits of `LINE_RIGHTS`; 0 when the account has none any more. */
  readonly rights: number
  /** RFC 3339; null when the rights do not end by themselves. */
  readonly until: string | null
  readonly version: number
}

/** Somebody did something to an account, or saw something of it: a row of the audit trail, which accounts keeps. */
export interface ActRecorded {
  readonly id: string
  readonly kind: 'ActRecorded'
  readonly occurredAt: string
  /** Whose account it was done to. */
  readonly accountId: string
  /** What was done, in the past tense: `LINE_SEEN`. */
  readonly act: string
  readonly lineId: string | null
  /** No secret and nothing that a log may not hold but ids. */
  readonly details: Readonly<Record<string, unknown>>
  readonly by: ActAuthor
}

/** Who did it, from where and why. */
export interface ActAuthor {
  /** `account:<id>`, `staff:<id>` or `service:<name>`. */
  readonly actor: string
  /** As what a member of staff did it; null for everybody else. */
  readonly staffRoles: readonly StaffRole[] | null
  readonly address: string | null
  readonly sessionId: string | null
  readonly requestId: string
  readonly reason: string | null
}

const envelope = { id: z.uuid(), occurredAt: z.iso.datetime() }

/** Events as they come from another process. */
export const domainEvent: z.ZodType<DomainEvent> = z.discriminatedUnion('kind', [
  z.object({
    ...envelope,
    kind: z.literal('LineAccessChanged'),
    lineId: z.uuid(),
    accountId: z.uuid(),
    rights: z.int().min(0).max(15),
    until: z.iso.datetime().nullable(),
    version: z.int().positive(),
  }),
  z.object({
    ...envelope,
    kind: z.literal('ActRecorded'),
    accountId: z.uuid(),
    act: z.string().regex(/^[A-Z_]+$/),
    lineId: z.uuid().nullable(),
    details: z.record(z.string(), z.unknown()),
    by: z.object({
      actor: z.string(),
      staffRoles: z.array(z.enum(STAFF_ROLES)).nullable(),
      address: z.string().nullable(),
      sessionId: z.string().nullable(),
      requestId: z.string(),
      reason: z.string().nullable(),
    }),
  }),
])
