import { z } from 'zod'
import { STAFF_ROLES, type StaffRole } from '../identity/viewer.ts'
import type { SubgraphName } from '../subgraph/name.ts'

/** A fact that one subgraph tells the others, in the past tense. */
export type DomainEvent =
  | LineAccessChanged
  | ActRecorded
  | TransferSent
  | TransferCredited
  | TransferRefused
  | BonusPointsGiven
  | AccountClosed

/** Who may tell what: what a subgraph owns is nobody else's to tell of. */
const TELLERS: Readonly<Record<DomainEvent['kind'], readonly SubgraphName[]>> = {
  LineAccessChanged: ['linked-numbers'],
  ActRecorded: ['linked-numbers', 'products', 'payments'],
  TransferSent: ['payments'],
  TransferCredited: ['payments'],
  TransferRefused: ['payments'],
  BonusPointsGiven: ['payments'],
  AccountClosed: ['accounts'],
}

export function mayTell(issuer: string, { kind }: DomainEvent): boolean {
  return TELLERS[kind].some((teller) => teller === issuer)
}

/**
 * What an event is one of a row of: those of one row are brought in the order in which they came about, those of
 * different rows in any.
 */
export function rowOf(event: DomainEvent): string {
  switch (event.kind) {
    case 'LineAccessChanged':
      return `line ${event.lineId}`
    case 'ActRecorded':
    case 'AccountClosed':
      return `account ${event.accountId}`
    case 'TransferSent':
    case 'TransferCredited':
    case 'TransferRefused':
      return `transfer ${event.transferId}`
    case 'BonusPointsGiven':
      return `gift ${event.giftId}`
  }
}

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

/** Money has left for another line, which may be kept elsewhere: it waits there until that line is credited or not. */
export interface TransferSent {
  readonly id: string
  readonly kind: 'TransferSent'
  readonly occurredAt: string
  readonly transferId: string
  readonly fromLineId: string
  readonly toLineId: string
  /** Kopecks, above zero. */
  readonly amount: string
  /** The sender's number as the receiver may see it; null for a line that has none. */
  readonly fromPhone: string | null
}

/** The other line was credited. */
export interface TransferCredited {
  readonly id: string
  readonly kind: 'TransferCredited'
  readonly occurredAt: string
  readonly transferId: string
  readonly fromLineId: string
}

/** The other line cannot be credited, and never will be by this transfer. */
export interface TransferRefused {
  readonly id: string
  readonly kind: 'TransferRefused'
  readonly occurredAt: string
  readonly transferId: string
  readonly fromLineId: string
}

/** Points have left for another line, which may be kept elsewhere. */
export interface BonusPointsGiven {
  readonly id: string
  readonly kind: 'BonusPointsGiven'
  readonly occurredAt: string
  readonly giftId: string
  readonly toLineId: string
  /** Each with the days on which it was earned and on which it expires: those go along. */
  readonly lots: readonly GivenLot[]
  /** The giver's number as the receiver may see it; null for a line that has none. */
  readonly fromPhone: string | null
}

export interface GivenLot {
  readonly points: string
  readonly expiresAt: string
  /** Missing in events of an earlier release. */
  readonly earnedAt?: string | undefined
}

/** A cabinet was closed by whose it is: what others keep for it, and not for the contract, ends. */
export interface AccountClosed {
  readonly id: string
  readonly kind: 'AccountClosed'
  readonly occurredAt: string
  readonly accountId: string
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
  z.object({
    ...envelope,
    kind: z.literal('TransferSent'),
    transferId: z.uuid(),
    fromLineId: z.uuid(),
    toLineId: z.uuid(),
    amount: z.string().regex(/^[1-9]\d{0,17}$/),
    fromPhone: z.string().nullable(),
  }),
  z.object({
    ...envelope,
    kind: z.literal('BonusPointsGiven'),
    giftId: z.uuid(),
    toLineId: z.uuid(),
    lots: z
      .array(
        z.object({
          points: z.string().regex(/^[1-9]\d{0,17}$/),
          expiresAt: z.iso.datetime(),
          earnedAt: z.iso.datetime().optional(),
        }),
      )
      .min(1),
    fromPhone: z.string().nullable(),
  }),
  z.object({ ...envelope, kind: z.literal('TransferCredited'), transferId: z.uuid(), fromLineId: z.uuid() }),
  z.object({ ...envelope, kind: z.literal('TransferRefused'), transferId: z.uuid(), fromLineId: z.uuid() }),
  z.object({ ...envelope, kind: z.literal('AccountClosed'), accountId: z.uuid() }),
])
