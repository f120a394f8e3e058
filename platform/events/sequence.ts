const SEQUENCE = /^\d{1,18}$/

/** A sequence as a client sends it back; null when it has none yet, undefined for what is none of ours. */
export function parseSequence(text: string | null | undefined): bigint | null | undefined {
  if (text === null || text === undefined) return null
  return SEQUENCE.test(text) ? BigInt(text) : undefined
}
