import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/** Writes to a response for as long as its other side reads. */
export interface StreamWriter {
  /** Resolves when there is room for more: a slow reader holds up who writes, and nothing piles up. */
  write(text: string): Promise<void>
  end(text?: string): void
}

export interface StreamWriterOptions {
  /** What is sent when there is nothing to send, so that both sides see that the other lives. */
  readonly heartbeat: string
  readonly heartbeatMs: number
  /** The other side has gone, or has not read for two heartbeats: called once, whoever has ended the stream. */
  readonly onClosed: () => void
}

export function createStreamWriter(
  response: ServerResponse,
  { heartbeat, heartbeatMs, onClosed }: StreamWriterOptions,
): StreamWriter {
  let missedBeats = 0
  const beat = setInterval(() => {
    if (!response.writableNeedDrain) {
      missedBeats = 0
      response.write(heartbeat)
    } else if (++missedBeats === MISSED_BEATS_MAX) response.destroy()
  }, heartbeatMs)
  const finish = () => {
    clearInterval(beat)
    onClosed()
  }
  // Who has gone while the stream was made ready is not announced again.
  if (response.destroyed) queueMicrotask(finish)
  else response.once('close', finish)
  // Writing to one who has gone is no failure of ours.
  response.on('error', () => undefined)
  return {
    async write(text) {
      if (response.destroyed || response.write(text)) return
      const settled = new AbortController()
      const { signal } = settled
      await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })])
      settled.abort()
    },
    end(text = '') {
      clearInterval(beat)
      if (!response.destroyed) response.end(text)
    },
  }
}

const MISSED_BEATS_MAX = 2
