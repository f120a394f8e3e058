import { sql } from 'kysely'
import type { PersonalPart } from './personal-part.ts'
import { conversations, identities, invitations, notices, notificationSettings, password } from './personal-rows.ts'

const NO_NAME = '—'

const name: PersonalPart = {
  name: 'name',
  async take(trx, accountId) {
    const { display_name } = await trx
      .selectFrom('account')
      .select('display_name')
      .where('id', '=', accountId)
      .executeTakeFirstOrThrow()
    await trx.updateTable('account').set({ display_name: NO_NAME }).where('id', '=', accountId).execute()
    return display_name
  },
  async giveBack(trx, accountId, data) {
    await trx
      .updateTable('account')
      .set({ display_name: String(data) })
      .where('id', '=', accountId)
      .execute()
  },
}

const contact: PersonalPart = {
  name: 'contact',
  async take(trx, accountId) {
    const row = await trx
      .deleteFrom('contact')
      .where('account_id', '=', accountId)
      .returning(['phone', 'confirmed_at'])
      .executeTakeFirst()
    return row ?? null
  },
  async giveBack(trx, accountId, data) {
    if (data === null) return
    const { phone, confirmed_at } = data as { phone: string; confirmed_at: string }
    // Who opened the account again may have given a newer one in the same transaction.
    await trx
      .insertInto('contact')
      .values({ account_id: accountId, phone, confirmed_at: new Date(confirmed_at) })
      .onConflict((conflict) => conflict.column('account_id').doNothing())
      .execute()
  },
}

const devices: PersonalPart = {
  name: 'devices',
  async take(trx, accountId) {
    const { rows } = await sql<{ devices: unknown }>`
      select coalesce(jsonb_agg(jsonb_build_object('id', id, 'device', device, 'device_name', device_name,
        'address', host(address))), '[]') as devices
      from session where person_id = ${accountId}
    `.execute(trx)
    await trx
      .updateTable('session')
      .set({ device: null, device_name: null, address: null })
      .where('person_id', '=', accountId)
      .execute()
    return rows[0]?.devices
  },
  async giveBack(trx, accountId, data) {
    await sql`
      update session set device = was.device, device_name = was.device_name, address = was.address
      from jsonb_to_recordset(${JSON.stringify(data)}::jsonb)
        as was (id uuid, device text, device_name text, address inet)
      where session.person_id = ${accountId} and session.id = was.id
    `.execute(trx)
  },
}

/** Each that is added here is sealed with the rest; one that an older sealing did not know is given nothing back. */
export const PERSONAL_PARTS: readonly PersonalPart[] = [
  name,
  contact,
  password,
  identities,
  notificationSettings,
  notices,
  conversations,
  invitations,
  devices,
]
