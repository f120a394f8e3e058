import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import smpp, { createServer, PDU, type Pdu, type Session } from 'smpp'
import type { Clock } from '../../../platform/clock.ts'
import { createAssembly, readPiece } from './assembly.ts'
import type { InboxMessage } from './inbox.ts'

export interface SmscOptions {
  readonly systemId: string
  readonly password: string
  /** 0 takes a free one. */
  readonly port: number
  readonly clock: Clock
  /** The beginning of all ids, so that they are not those of an earlier run. */
  readonly idPrefix: string
  /** Between taking a message and answering. */
  readonly answerDelayMs: number
  readonly receiptDelayMs: number
  /** Told of each part before it is answered. Gives a status other than 0 to refuse it. */
  readonly onSubmit?: (submitSm: Pdu) => number
  /** Told of each whole text. */
  readonly onMessage: (message: InboxMessage) => void
}

/** A message centre for developers and tests: speaks SMPP 3.4 as a real one, and delivers to nobody. */
export interface Smsc {
  readonly port: number
  close(): Promise<void>
}

export async function startSmsc(options: SmscOptions): Promise<Smsc> {
  const sessions = new Set<Session>()
  const takeSubmit = createSubmitTaker(options)
  const server = createServer((session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
    session.on('error', () => session.destroy())
    let isBound = false
    session.on('pdu', (pdu: Pdu) => {
      if (pdu.isResponse()) return
      if (pdu.command.startsWith('bind_')) isBound = answerBind(session, pdu, options)
      else if (pdu.command === 'submit_sm') takeSubmit(session, pdu, isBound)
      else session.send(pdu.response())
      if (pdu.command === 'unbind') session.close()
    })
  })
  server.listen(options.port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const session of sessions) session.destroy()
      await closed
    },
  }
}

function answerBind(session: Session, pdu: Pdu, { systemId, password }: SmscOptions): boolean {
  const isKnown = pdu['system_id'] === systemId && pdu['password'] === password
  session.send(
    pdu.response(isKnown ? { system_id: 'stand-in' } : { command_status: smpp.errors['ESME_RBINDFAIL'] ?? 13 }),
  )
  return isKnown
}

type SubmitTaker = (session: Session, submitSm: Pdu, isBound: boolean) => void

function createSubmitTaker(options: SmscOptions): SubmitTaker {
  const { clock, idPrefix, answerDelayMs, receiptDelayMs, onSubmit, onMessage } = options
  const assembly = createAssembly()
  let count = 0
  return (session, submitSm, isBound) => {
    const status = isBound ? (onSubmit?.(submitSm) ?? 0) : (smpp.errors['ESME_RINVBNDSTS'] ?? 4)
    if (status !== 0) {
      session.send(submitSm.response({ command_status: status }))
      return
    }
    const id = `${idPrefix}-${++count}`
    const phone = `+${submitSm['destination_addr']}`
    const text = assembly.add(phone, readPiece(submitSm))
    if (text !== null) {
      onMessage({ at: clock.now().toISOString(), phone, sender: String(submitSm['source_addr']), text })
    }
    const answer = () => session.send(submitSm.response({ message_id: id }))
    if (answerDelayMs === 0) answer()
    else setTimeout(answer, answerDelayMs)
    if (submitSm['registered_delivery'] !== 0) setTimeout(() => sendReceipt(session, submitSm, id), receiptDelayMs)
  }
}

const RECEIPT_CLASS = 0x04

/** As message centres write it: the same in the text and in parameters of its own. */
function sendReceipt(session: Session, submitSm: Pdu, id: string): void {
  session.send(
    new PDU('deliver_sm', {
      source_addr: submitSm['destination_addr'],
      destination_addr: submitSm['source_addr'],
      esm_class: RECEIPT_CLASS,
      short_message: { message: `id:${id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:` },
      receipted_message_id: id,
      message_state: DELIVERED_STATE,
    }),
  )
}

const DELIVERED_STATE = 2
