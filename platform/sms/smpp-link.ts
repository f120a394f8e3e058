import type { Logger } from '../logger.ts'
import type { GrowingPause } from './growing-pause.ts'
import { openSmppSession, type SmppSession, type SmppSessionOptions } from './smpp-session.ts'

/** A connection that is made anew whenever it is lost. */
export interface SmppLink {
  /** The session that is bound now; null while there is none. */
  session(): SmppSession | null
  close(): Promise<void>
}

export interface SmppLinkOptions extends SmppSessionOptions {
  readonly logger: Logger
  /** How long it waits before it tries again. */
  readonly pause: GrowingPause
  readonly onBound: () => void
}

export function createSmppLink({ logger, pause, onBound, ...options }: SmppLinkOptions): SmppLink {
  let session: SmppSession | null = null
  let isClosing = false

  async function keepConnected(): Promise<void> {
    while (!isClosing) {
      await connectOnce()
      session = null
      if (!isClosing) await pause.wait()
    }
  }

  /** Until the connection ends, or is not made at all. */
  async function connectOnce(): Promise<void> {
    try {
      session = await openSmppSession(options)
      pause.reset()
      logger.info('bound to the message centre')
      if (isClosing) await session.close()
      onBound()
      const reason = await session.ended
      if (!isClosing) logger.warn({ reason }, 'the connection to the message centre ended; it is made again')
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message
      logger.warn({ reason }, 'the message centre cannot be reached; it is tried again')
    }
  }

  const running = keepConnected()
  return {
    session: () => session,
    async close() {
      isClosing = true
      pause.cancel()
      await session?.close()
      await running
    },
  }
}
