import type { Pdu } from 'smpp'
import type { Receipt, ReceiptOutcome } from './transport.ts'

const RECEIPT_CLASS = 0x04
const MESSAGE_TYPE_MASK = 0x3c
/** The longest id of SMPP 3.4. */
const SMSC_ID = /^[!-~]{1,64}$/

/** By the parameter `message_state`, and by `stat` of the text. States on the way (ENROUTE, ACCEPTD) are not here. */
const BY_STATE: Readonly<Record<number, ReceiptOutcome>> = {
  2: 'DELIVERED',
  3: 'EXPIRED',
  4: 'FAILED',
  5: 'FAILED',
  7: 'UNKNOWN',
  8: 'FAILED',
}
const BY_STAT: Readonly<Record<string, ReceiptOutcome>> = {
  DELIVRD: 'DELIVERED',
  EXPIRED: 'EXPIRED',
  DELETED: 'FAILED',
  UNDELIV: 'FAILED',
  UNKNOWN: 'UNKNOWN',
  REJECTD: 'FAILED',
}

/** Reads a delivery receipt; null when it is something else, or says that the message is still on its way. */
export function readReceipt(deliverSm: Pdu): Receipt | null {
  if ((Number(deliverSm['esm_class'] ?? 0) & MESSAGE_TYPE_MASK) !== RECEIPT_CLASS) return null
  const text = textOf(deliverSm)
  const smscId = readId(deliverSm['receipted_message_id']) ?? readId(/\bid:(\S+)/i.exec(text)?.[1])
  const stat = /\bstat:([A-Z]+)/i.exec(text)?.[1]?.toUpperCase()
  const outcome = BY_STATE[Number(deliverSm['message_state'])] ?? BY_STAT[stat ?? '']
  return smscId === null || outcome === undefined ? null : { smscId, outcome }
}

function readId(value: unknown): string | null {
  return typeof value === 'string' && SMSC_ID.test(value) ? value : null
}

/** As the library decoded it: an object with the text, or bytes in an alphabet that it does not know. */
function textOf(deliverSm: Pdu): string {
  const message = deliverSm['short_message'] as { message?: unknown } | undefined
  return String(message?.message ?? '')
}
