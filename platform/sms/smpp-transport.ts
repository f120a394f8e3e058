import smpp, { type Pdu } from 'smpp'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { Randomness } from '../random.ts'
import { createGrowingPause } from './growing-pause.ts'
import { createPace } from './pace.ts'
import { addressOf, type SmppAddress } from './smpp-address.ts'
import { createSmppLink, type SmppLink } from './smpp-link.ts'
import type { SmppAnswer, SmppTimes } from './smpp-session.ts'
import type { SmppAccount } from './smpp-url.ts'
import { splitText, type TextPart } from './text-parts.ts'
import type { SmsListeners, SmsMessage, SmsTransport, SubmitOutcome } from './transport.ts'

export interface SmppTransportOptions {
  readonly account: SmppAccount
  /** What the phone shows as the sender: a name, a short number or a number in E.164. */
  readonly sender: string
  /** Parts that may leave in a second. */
  readonly partsPerSecond: number
  readonly clock: Clock
  readonly random: Randomness
  readonly logger: Logger
  /** Messages that may wait for an answer at one time. */
  readonly windowSize?: number
  readonly times?: Partial<SmppTimes & { readonly pauseMinMs: number; readonly pauseMaxMs: number }>
}

const WINDOW_SIZE = 100
const TIMES = {
  connectTimeoutMs: 5_000,
  responseTimeoutMs: 10_000,
  enquireIntervalMs: 15_000,
  pauseMinMs: 500,
  pauseMaxMs: 30_000,
}
/** How long the last answers are waited for when we close. */
const LAST_ANSWERS_MS = 5_000

/** Sends text messages by SMPP 3.4 over one connection, which is made anew whenever it is lost. */
export function createSmppTransport(options: SmppTransportOptions): SmsTransport {
  const { logger, random, windowSize = WINDOW_SIZE } = options
  const times = { ...TIMES, ...options.times }
  const pace = createPace(options.partsPerSecond)
  const source = addressOf(options.sender)
  const reconnecting = createGrowingPause({ ...times, random })
  const throttling = createGrowingPause({ ...times, random })
  const inFlight = new Set<Promise<unknown>>()
  let link: SmppLink | undefined
  let isClosing = false
  let reference = random.below(256)
  let listeners: SmsListeners | undefined

  async function send(message: SmsMessage): Promise<SubmitOutcome> {
    reference = (reference + 1) % 256
    const smscIds: string[] = []
    for (const part of splitText(message.text, reference)) {
      const answer = await sendPart(message, part, smscIds.length === 0)
      const outcome = readAnswer(answer)
      if (outcome.kind === 'accepted') smscIds.push(outcome.smscId)
      // A message of which a part is there already is never begun again: the phone would get that part twice.
      else return smscIds.length === 0 ? outcome : { kind: 'unknown' }
    }
    return { kind: 'accepted', smscIds }
  }

  /** A first part that is held off goes back to the queue; a later one waits here, so that the phone can show the whole. */
  async function sendPart(message: SmsMessage, part: TextPart, isFirst: boolean): Promise<SmppAnswer> {
    for (;;) {
      await pace.take()
      await throttling.over()
      const answer: SmppAnswer = (await link?.session()?.submit(fieldsOf(message, part, source))) ?? {
        kind: 'notWritten',
      }
      if (!isThrottled(answer)) {
        if (answer.kind === 'answered') throttling.reset()
        return answer
      }
      logger.warn('the message centre asks us to slow down')
      const pausing = throttling.wait()
      if (isFirst || isClosing || options.clock.now() >= message.expiresAt) return { kind: 'notWritten' }
      await pausing
    }
  }

  return {
    start(given) {
      listeners = given
      pace.onFree(() => given.onCapacity())
      throttling.onOver(() => given.onCapacity())
      link = createSmppLink({
        account: options.account,
        ...times,
        logger,
        pause: reconnecting,
        onReceipt: (receipt) => given.onReceipt(receipt),
        onBound: () => given.onCapacity(),
      })
    },
    capacity() {
      if (!link?.session() || isClosing || throttling.isWaiting()) return 0
      return Math.max(0, Math.min(windowSize - inFlight.size, pace.available()))
    },
    async submit(message) {
      const sending = send(message)
      inFlight.add(sending)
      try {
        return await sending
      } catch (error) {
        // What throws does so before anything is written: a text that cannot be split or encoded.
        logger.error({ reason: (error as Error).name }, 'a message cannot be put into SMPP')
        return { kind: 'refused', status: smpp.errors['ESME_RINVMSGLEN'] ?? 1 }
      } finally {
        inFlight.delete(sending)
        listeners?.onCapacity()
      }
    },
    async close() {
      isClosing = true
      throttling.cancel()
      await settled(inFlight, LAST_ANSWERS_MS)
      await link?.close()
      pace.stop()
    },
  }
}

type PartOutcome =
  | { readonly kind: 'accepted'; readonly smscId: string }
  | Exclude<SubmitOutcome, { readonly kind: 'accepted' }>

function readAnswer(answer: SmppAnswer): PartOutcome {
  if (answer.kind !== 'answered') return answer
  const { command, command_status: status, message_id: id } = answer.response as Pdu & { message_id?: string }
  if (status !== smpp.errors['ESME_ROK']) return { kind: 'refused', status }
  return command === 'submit_sm_resp' ? { kind: 'accepted', smscId: id ?? '' } : { kind: 'unknown' }
}

function isThrottled(answer: SmppAnswer): boolean {
  if (answer.kind !== 'answered') return false
  const { ESME_RTHROTTLED, ESME_RMSGQFUL } = smpp.errors
  return answer.response.command_status === ESME_RTHROTTLED || answer.response.command_status === ESME_RMSGQFUL
}

function fieldsOf({ phone, expiresAt }: SmsMessage, part: TextPart, source: SmppAddress) {
  return {
    source_addr_ton: source.ton,
    source_addr_npi: source.npi,
    source_addr: source.address,
    ...destinationOf(addressOf(phone)),
    esm_class: part.hasHeader ? HAS_HEADER : 0,
    data_coding: part.dataCoding,
    registered_delivery: RECEIPT_WANTED,
    validity_period: expiresAt,
    short_message: part.bytes,
  }
}

function destinationOf({ ton, npi, address }: SmppAddress) {
  return { dest_addr_ton: ton, dest_addr_npi: npi, destination_addr: address }
}

const HAS_HEADER = 0x40
const RECEIPT_WANTED = 1

async function settled(work: ReadonlySet<Promise<unknown>>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, timeoutMs)
  })
  await Promise.race([Promise.allSettled([...work]), patience])
  clearTimeout(timer)
}
