import { XMLParser } from 'fast-xml-parser'
import { z } from 'zod'
import type { MerchantAnswer, MerchantRefusal } from './merchants.ts'

/** Nothing is expanded: an answer that declares entities is none. */
const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, processEntities: false })

const answer = z.object({
  response: z.object({ osmp_txn_id: z.string().optional(), result: z.string().regex(/^\d{1,3}$/) }),
})

/** The final results of the protocol; all that is neither here nor 0 is asked again. */
const REFUSALS: Readonly<Record<string, MerchantRefusal>> = {
  4: 'REFERENCE_UNKNOWN',
  5: 'REFERENCE_UNKNOWN',
  7: 'PAYMENT_REFUSED',
  8: 'PAYMENT_REFUSED',
  79: 'ACCOUNT_INACTIVE',
  241: 'AMOUNT_REFUSED',
  242: 'AMOUNT_REFUSED',
  243: 'PAYMENT_REFUSED',
  300: 'PAYMENT_REFUSED',
}

/** Reads what a merchant answered about a transaction. What speaks of another transaction is no answer. */
export function readOsmpAnswer(text: string, transactionId: string): MerchantAnswer {
  const read = answer.safeParse(parse(text))
  if (!read.success) return { kind: 'unknown', cause: 'unreadable' }
  const { osmp_txn_id: echoed, result } = read.data.response
  if (echoed !== undefined && echoed !== '' && echoed !== transactionId) return { kind: 'unknown', cause: 'unreadable' }
  if (result === '0') return { kind: 'done' }
  const code = REFUSALS[result]
  return code === undefined ? { kind: 'unknown', cause: 'not-finished' } : { kind: 'refused', code }
}

function parse(text: string): unknown {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return null
  try {
    return parser.parse(text)
  } catch {
    return null
  }
}
