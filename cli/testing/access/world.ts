import {
  accountId,
  giveAccess,
  insertAccount,
  insertCatalogue,
  insertConversation,
  insertLine,
  insertPosting,
  lineId,
  phone,
  promiseKopecks,
} from '../fixture.ts'
import type { TestDatabase } from '../test-database.ts'
import { ORGANIZATION_ID, OWNER_ID, STRANGER_ID, type Subject, VIEWER_KINDS, type ViewerKind } from './viewers.ts'

/** Everyone who asks has an account of their own. */
const ACCOUNTS = [1, 2, 3, 11, 12, 13, 14, 15]

/** A subscriber to whom rights can be given: the stranger's own line. */
export const SUBSCRIBER_PHONE = phone(3)

/** An id, account and number that nobody has. */
export const MISSING: Subject = { accountId: accountId(999), lineId: lineId(999), phone: phone(999) }

/** The id of nothing. */
export const MISSING_ID = MISSING.accountId

/** A line with everyone on it who should be, and nothing on it that is null for one who may see it. */
export interface World {
  /** The line that questions are about: the organization's for those who act for it, else the owner's. */
  subjectFor(viewer: ViewerKind): Subject
  /** The same, but a line of its own, for a mutation to change. */
  freshSubjectFor(viewer: ViewerKind): Promise<Subject>
}

export async function createWorld(database: TestDatabase): Promise<World> {
  await insertCatalogue(database)
  for (const number of ACCOUNTS) {
    await insertAccount(database, {
      number,
      kind: accountId(number) === ORGANIZATION_ID ? 'ORGANIZATION' : 'INDIVIDUAL',
    })
  }
  await database.sql(
    'insert into accounts.organization_member (organization_id, member_id, role) values ($1, $2, $3)',
    [ORGANIZATION_ID, STRANGER_ID, 'USER'],
  )
  await insertLine(database, { number: 3, ownerId: STRANGER_ID })
  let made = 100
  const subjects = new Map<string, Subject>()
  for (const ownerId of [OWNER_ID, ORGANIZATION_ID])
    subjects.set(ownerId, await insertSubject(database, ++made, ownerId))
  return {
    subjectFor(viewer) {
      const subject = subjects.get(ownerFor(viewer))
      if (!subject) throw new Error('each owner has a line')
      return subject
    },
    freshSubjectFor: (viewer) => insertSubject(database, ++made, ownerFor(viewer)),
  }
}

async function insertSubject(database: TestDatabase, number: number, ownerId: string): Promise<Subject> {
  const id = await insertLine(database, { number, ownerId })
  for (const { accountId: linkedId, given } of VIEWER_KINDS) {
    if (!linkedId || !given || ownerId === ORGANIZATION_ID) continue
    const until = given.isOver ? new Date('2020-01-01T00:00:00Z') : null
    await giveAccess(database, { lineId: id, accountId: linkedId, rights: given.bits, until })
  }
  // A conversation of the account, under the id of the line, that waits for staff.
  await insertConversation(database, ownerId, id)
  await promiseKopecks(database, { lineId: id, kopecks: 3_000, accountId: ownerId })
  await database.sql('insert into payments.spend_cap values ($1, 100000, $2, now())', [id, ownerId])
  // A payment onto the line, under its id.
  await database.sql(
    `insert into payments.payment (line_id, id, kind, status, amount, account_id, created_at, ended_at)
     values ($1, $1, 'TOP_UP', 'SUCCEEDED', 15000, $2, now(), now())`,
    [id, ownerId],
  )
  await insertPosting(database, { lineId: id, amount: 15_000, paymentId: id })
  await database.sql(`update linked_numbers.account_line set alias = 'Home' where line_id = $1`, [id])
  return { accountId: ownerId, lineId: id, phone: phone(number) }
}

function ownerFor(viewer: ViewerKind): string {
  return viewer.accountId === ORGANIZATION_ID ? ORGANIZATION_ID : OWNER_ID
}
