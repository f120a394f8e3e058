import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import smpp, { PDU, type Pdu, Session } from 'smpp'
import { withTimeout } from '../with-timeout.ts'
import { readReceipt } from './receipt.ts'
import type { SmppAccount } from './smpp-url.ts'
import type { Receipt } from './transport.ts'

/** How long things may take, and how often the other side is asked whether it is there. */
export interface SmppTimes {
  readonly connectTimeoutMs: number
  readonly responseTimeoutMs: number
  readonly enquireIntervalMs: number
}

export interface SmppSessionOptions extends SmppTimes {
  readonly account: SmppAccount
  /** Rejects when it was not written down: the message centre is told to bring the receipt again. */
  readonly onReceipt: (receipt: Receipt) => Promise<void>
}

/** What came of one request. */
export type SmppAnswer =
  | { readonly kind: 'answered'; readonly response: Pdu }
  | { readonly kind: 'notWritten' }
  | { readonly kind: 'unknown' }

/** One bound connection to a message centre. */
export interface SmppSession {
  submit(fields: Readonly<Record<string, unknown>>): Promise<SmppAnswer>
  /** Resolves with the reason when the connection is over, whoever ended it. */
  readonly ended: Promise<string>
  /** Says goodbye and disconnects; what still waits for an answer stays unknown. */
  close(): Promise<void>
}

/** The message centre would not have us. */
export class BindRefusedError extends Error {
  override readonly name = 'BindRefusedError'
}

/** Connects and binds as a transceiver. Rejects when either fails. */
export async function openSmppSession(options: SmppSessionOptions): Promise<SmppSession> {
  const { account, responseTimeoutMs } = options
  const socket = await openSocket(options)
  const connection = createConnection(socket, options)
  const { systemId, password } = account
  const bind = { system_id: systemId, password, interface_version: SMPP_3_4 }
  const answer = await connection.request('bind_transceiver', bind)
  if (answer.kind !== 'answered' || answer.response.command_status !== smpp.errors['ESME_ROK']) {
    connection.destroy('the bind failed')
    const status = answer.kind === 'answered' ? `status ${answer.response.command_status}` : 'no answer'
    throw new BindRefusedError(`the message centre refused the bind: ${status}`)
  }
  connection.keepEnquiring()
  return {
    submit: (fields) => connection.request('submit_sm', fields),
    ended: connection.ended,
    async close() {
      await withTimeout(connection.request('unbind', {}), responseTimeoutMs).catch(() => undefined)
      connection.destroy('closed by us')
      await connection.ended
    },
  }
}

const SMPP_3_4 = 0x34

async function openSocket({ account, connectTimeoutMs }: SmppSessionOptions): Promise<Socket> {
  const { host, port, isSecure } = account
  const socket = isSecure
    ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }) })
    : connectTcp({ host, port })
  const connected = new Promise<void>((resolve, reject) => {
    socket.once(isSecure ? 'secureConnect' : 'connect', resolve)
    socket.once('error', reject)
  })
  try {
    await withTimeout(connected, connectTimeoutMs)
  } catch (error) {
    // What it says from now on interests nobody.
    socket.on('error', () => undefined)
    socket.destroy()
    throw error
  }
  return socket.setNoDelay(true)
}

interface Connection {
  request(command: string, fields: Readonly<Record<string, unknown>>): Promise<SmppAnswer>
  keepEnquiring(): void
  destroy(reason: string): void
  readonly ended: Promise<string>
}

function createConnection(socket: Socket, options: SmppSessionOptions): Connection {
  const { responseTimeoutMs, enquireIntervalMs } = options
  const session = new Session({ socket })
  const waiting = new Set<(answer: SmppAnswer) => void>()
  let reason = 'the message centre hung up'
  let enquiring: NodeJS.Timeout | undefined

  const ended = new Promise<string>((resolve) => {
    session.on('close', () => {
      clearInterval(enquiring)
      for (const settle of [...waiting]) settle({ kind: 'unknown' })
      resolve(reason)
    })
  })

  function destroy(because: string): void {
    if (socket.destroyed) return
    reason = because
    session.destroy()
  }

  function request(command: string, fields: Readonly<Record<string, unknown>>): Promise<SmppAnswer> {
    return new Promise((resolve) => {
      const settle = (answer: SmppAnswer): void => {
        clearTimeout(timer)
        waiting.delete(settle)
        resolve(answer)
      }
      const timer = setTimeout(() => settle({ kind: 'unknown' }), responseTimeoutMs)
      waiting.add(settle)
      const isWritten = session.send(new PDU(command, fields), (response) => settle({ kind: 'answered', response }))
      if (!isWritten) settle({ kind: 'notWritten' })
    })
  }

  session.on('error', () => destroy('what the message centre sent cannot be read, or the connection broke'))
  session.on('pdu', (pdu: Pdu) => void answerPeer(session, pdu, options).catch(() => destroy('an answer failed')))
  return {
    request,
    destroy,
    ended,
    keepEnquiring() {
      enquiring = setInterval(async () => {
        const { kind } = await request('enquire_link', {})
        if (kind !== 'answered') destroy('the message centre does not answer enquire_link')
      }, enquireIntervalMs)
    },
  }
}

/** Answers what the message centre asks: whether we are there, a receipt, the end of the session. */
async function answerPeer(session: Session, pdu: Pdu, { onReceipt }: SmppSessionOptions): Promise<void> {
  if (pdu.isResponse()) return
  if (pdu.command === 'unbind') {
    session.send(pdu.response())
    session.close()
    return
  }
  const isTaken = pdu.command !== 'deliver_sm' || (await takeReceipt(pdu, onReceipt))
  session.send(pdu.response(isTaken ? {} : { command_status: smpp.errors['ESME_RX_T_APPN'] }))
}

/** Whatever else is delivered (somebody writes to our number) is taken and let go. */
async function takeReceipt(pdu: Pdu, onReceipt: SmppSessionOptions['onReceipt']): Promise<boolean> {
  const receipt = readReceipt(pdu)
  if (receipt === null) return true
  try {
    await onReceipt(receipt)
    return true
  } catch {
    return false
  }
}
