import { z } from 'zod'
import { readSmppUrl } from './sms/smpp-url.ts'

/** `smpp://user:password@host:port`. SMPP 3.4 has room for 15 and 8 characters. */
export const smscUrl = z
  .url({ protocol: /^smpps?$/, error: 'is not smpp://user:password@host:port or smpps://…' })
  .refine((text) => {
    const { systemId, password } = readSmppUrl(text)
    return systemId.length >= 1 && systemId.length <= 15 && password.length <= 8
  }, 'has no user of up to 15 characters and password of up to 8')

/** What SMPP knows as a source address: a name, a short number or a number in E.164. */
export const smsSender = z
  .string()
  .regex(/^(\+[1-9]\d{6,14}|\d{2,8}|[A-Za-z][\w .-]{0,10})$/, 'is no name or number to send from')
export const smsPerSecond = z.coerce.number().int().min(1).max(10_000).default(50)
