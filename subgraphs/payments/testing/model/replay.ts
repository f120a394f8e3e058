import type { Operation } from './operation.ts'

/** Sends a request again that somebody has sent, whether or not it was answered. */
export const replay: Operation = {
  name: 'replay',
  run: async (world, { pick }) => {
    await world.requests[pick % world.requests.length]?.()
  },
}
