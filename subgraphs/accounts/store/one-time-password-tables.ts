import type { ColumnType, Generated } from 'kysely'

/** The tables of captchas and one-time passwords, as the queries see them. */
export interface OneTimePasswordTables {
  used_captcha: { id: string; expires_at: Date }
  one_time_password_use: { phone: string; wrong_at: Date[]; sent_at: Date[]; touched_at: Date }
  one_time_password: {
    phone: string
    id: string
    request_id: string
    way: OneTimePasswordWay
    code_hash: Buffer
    secret_id: string
    wrong_tries: Generated<number>
    created_at: Date
    expires_at: Date
    used_at: ColumnType<Date | null, never, Date>
  }
  one_time_password_delivery: { id: string; phone: string; expires_at: Date }
  decoy_message: {
    phone: string
    id: string
    body: string
    sent_at: Date
    ended_at: Date
    ended_as: 'DELIVERED' | 'FAILED'
    expires_at: Date
  }
  turn: { key: string; taken: number; ends_at: Date }
  phone_cabinet: { phone: string; line_id: string; account_id: string }
}

/** How a password reaches the telephone: in a message, or on its screen as the answer to a USSD request. */
export type OneTimePasswordWay = 'SMS' | 'USSD'
