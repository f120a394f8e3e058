import { hash } from 'node:crypto'

const SHARDS = 64
const SLOTS_AT_FIRST = 256
const GROWTH = 1.5
const LOAD_MAX = 0.75
/** Numbers a slot holds: 96 bits of the key's hash, and the line on which it was first seen (0 when free). */
const FIELDS = 4

/**
 * Which keys a file has had, and on which line first. A `Set` ends at 16.7 million keys and takes hundreds of bytes
 * for each; here a key takes 21 to 32 bytes, whatever its length, outside the heap. Two keys of a hundred million are
 * taken for one with a probability of 10⁻¹³.
 */
export class SeenKeys {
  readonly #shards = Array.from({ length: SHARDS }, () => new Shard())

  /** Remembers a key. Answers with the line on which it was seen before; null when it is new. */
  add(key: string, line: number): number | null {
    const digest = hash('sha1', key, 'buffer')
    const shard = this.#shards[digest.readUInt8(12) % SHARDS]
    return shard?.add(digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), line) ?? null
  }
}

/** A hash table with open addressing. Many small ones, so that growing one neither takes long nor doubles them all. */
class Shard {
  #slots = new Uint32Array(SLOTS_AT_FIRST * FIELDS)
  #capacity = SLOTS_AT_FIRST
  #size = 0

  add(a: number, b: number, c: number, line: number): number | null {
    if (this.#size >= this.#capacity * LOAD_MAX) this.#grow()
    const at = this.#find(a, b, c)
    const seen = this.#slots[at + 3]
    if (seen) return seen
    this.#slots.set([a, b, c, line], at)
    this.#size += 1
    return null
  }

  /** Where the key is, or where it belongs. */
  #find(a: number, b: number, c: number): number {
    const slots = this.#slots
    let slot = Math.floor((a / 2 ** 32) * this.#capacity)
    for (;;) {
      const at = slot * FIELDS
      if (slots[at + 3] === 0) return at
      if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c) return at
      slot = slot + 1 === this.#capacity ? 0 : slot + 1
    }
  }

  #grow(): void {
    const old = this.#slots
    this.#capacity = Math.ceil(this.#capacity * GROWTH)
    this.#slots = new Uint32Array(this.#capacity * FIELDS)
    for (let at = 0; at < old.length; at += FIELDS) {
      const slot = old.subarray(at, at + FIELDS)
      const [a = 0, b = 0, c = 0, line] = slot
      if (line) this.#slots.set(slot, this.#find(a, b, c))
    }
  }
}
