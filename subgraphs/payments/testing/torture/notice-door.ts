import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'undici'
import type { NoticeEvent } from '../../../../cli/stand-ins/acquirer/operations.ts'
import { NOTICE_PATH } from '../../../../platform/acquirer/notice-route.ts'
import { signNotice } from '../../../../platform/acquirer/notice-signature.ts'

/** The door at which the acquirer's notices come in, true and forged. */
export interface NoticeDoor {
  /** Sends a notice as the acquirer does: again until it is acknowledged. Throws when it is refused. */
  tell(event: NoticeEvent, object: object): Promise<void>
  /** Sends what somebody wrote, once. Gives the status of the answer. */
  send(forgery: ForgedNotice): Promise<number>
  /** How often a notice had to be sent again. */
  readonly sentAgain: number
}

export interface ForgedNotice {
  /** As it goes over the wire. */
  readonly body: string
  /** Another key than the acquirer's; null for no signature at all. The acquirer's if left out. */
  readonly key?: string | null
  /** Where it comes from; the acquirer's network if left out. */
  readonly address?: string
}

export interface AcquirerIdentity {
  readonly signature: { readonly header: string; readonly key: string }
  readonly address: string
}

const PATIENCE_MS = 30_000

export function createNoticeDoor(http: Pool, { signature, address: known }: AcquirerIdentity): NoticeDoor {
  let sentAgain = 0

  async function send({ body: text, key = signature.key, address = known }: ForgedNotice): Promise<number> {
    const body = Buffer.from(text)
    const signed = key === null ? {} : { [signature.header]: signNotice(body, key) }
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': address, ...signed }
    const answer = await http.request({ method: 'POST', path: NOTICE_PATH, headers, body })
    await answer.body.dump()
    return answer.statusCode
  }

  return {
    async tell(event, object) {
      const body = writeNotice(event, object)
      for (const endsAt = performance.now() + PATIENCE_MS; ; await sleep(50)) {
        const status = await send({ body })
        if (status === 200) return
        if (status !== 503 || performance.now() > endsAt) throw new Error(`a notice was answered with ${status}`)
        sentAgain++
      }
    },
    send,
    get sentAgain() {
      return sentAgain
    },
  }
}

export function writeNotice(event: string, object: object): string {
  return JSON.stringify({ type: 'notification', event, object })
}
