import type { E164 } from '../phone.ts'

/** A text message as it leaves. */
export interface SmsMessage {
  readonly phone: E164
  readonly text: string
  /** The message centre gives up after this. */
  readonly expiresAt: Date
}

/** How an attempt to send ended. */
export type SubmitOutcome =
  /** The message centre has it, under these ids: one for each part. */
  | { readonly kind: 'accepted'; readonly smscIds: readonly string[] }
  /** It will not have it: there is no sense in trying again. */
  | { readonly kind: 'refused'; readonly status: number }
  /** Certainly nothing of it left: it may be sent again. */
  | { readonly kind: 'notWritten' }
  /** It left, and no answer came: the message centre may have it or not. */
  | { readonly kind: 'unknown' }

/** What the message centre says became of a message. */
export type ReceiptOutcome = 'DELIVERED' | 'FAILED' | 'EXPIRED' | 'UNKNOWN'

export interface Receipt {
  readonly smscId: string
  readonly outcome: ReceiptOutcome
}

export interface SmsListeners {
  /** More can be sent than a moment ago. */
  onCapacity(): void
  /** Rejects when the receipt could not be written down: the message centre will bring it again. */
  onReceipt(receipt: Receipt): Promise<void>
}

/** A way for text messages to leave. */
export interface SmsTransport {
  /** Begins to connect, and does so again whenever the connection is lost. */
  start(listeners: SmsListeners): void
  /** How many messages it takes at this moment. */
  capacity(): number
  /** Sends a message, all its parts. Never rejects. */
  submit(message: SmsMessage): Promise<SubmitOutcome>
  /** Waits for the answers to what left, says goodbye and disconnects. */
  close(): Promise<void>
}
