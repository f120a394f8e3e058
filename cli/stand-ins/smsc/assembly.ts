import type { Pdu } from 'smpp'

/** One part of a text, or a whole short one, as it came in `submit_sm`. */
export interface TextPiece {
  readonly text: string
  /** Null when the text is whole. */
  readonly part: { readonly reference: number; readonly total: number; readonly number: number } | null
}

const CONCATENATION = 0x00
const CONCATENATION_WIDE = 0x08

/** Reads a text that the library decoded, with its header. */
export function readPiece(submitSm: Pdu): TextPiece {
  const message = submitSm['short_message'] as { readonly message?: unknown; readonly udh?: readonly Buffer[] }
  const text = typeof message.message === 'string' ? message.message : ''
  const element = message.udh?.find(([kind]) => kind === CONCATENATION || kind === CONCATENATION_WIDE)
  if (element === undefined) return { text, part: null }
  const isWide = element[0] === CONCATENATION_WIDE
  const [total = 1, number = 1] = element.subarray(isWide ? 4 : 3)
  return { text, part: { reference: isWide ? element.readUInt16BE(2) : (element[2] ?? 0), total, number } }
}

/** Puts the parts of long texts together, in whatever order they come. */
export interface Assembly {
  /** The whole text when this was its last missing part; null until then. */
  add(key: string, piece: TextPiece): string | null
}

export function createAssembly(): Assembly {
  const waiting = new Map<string, Map<number, string>>()
  return {
    add(key, { text, part }) {
      if (part === null) return text
      const name = `${key} ${part.reference} ${part.total}`
      const parts = waiting.get(name) ?? new Map<number, string>()
      waiting.set(name, parts.set(part.number, text))
      if (parts.size < part.total) return null
      waiting.delete(name)
      return [...parts]
        .sort(([a], [b]) => a - b)
        .map(([, piece]) => piece)
        .join('')
    },
  }
}
