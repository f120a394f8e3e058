import { type Algorithm, hash, verify } from '@node-rs/argon2'
import type { Randomness } from '../../../../platform/random.ts'

/** Makes and checks hashes of passwords, a few at a time. Null says that too many wait already: nothing was done. */
export interface PasswordHasher {
  hash(password: string): Promise<string | null>
  /** Without a hash it works as long on one that fits no password: the time it takes does not tell who has one. */
  verify(password: string, hash: string | null): Promise<boolean | null>
}

/**
 * What OWASP asks of argon2id at least: 19 MiB and two passes make a guess cost some 30 ms of a core, where a list of
 * hashes is stolen. One lane: a server has other passwords for its other cores.
 */
export const ARGON2_OPTIONS = {
  algorithm: 2 satisfies Algorithm.Argon2id,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
  outputLen: 32,
} as const

const SALT_BYTES = 16

/** Of nothing: no password has it. Its numbers are those above. */
export const NOBODYS_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCEhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

/** Half of the threads that Node has for such work: files, names of hosts and keys need the others. */
const CONCURRENT_MAX = 2
/** What is answered within the time that a gateway waits for it. */
const WAITING_MAX = 40

export function createPasswordHasher(
  random: Randomness,
  { concurrentMax = CONCURRENT_MAX, waitingMax = WAITING_MAX } = {},
): PasswordHasher {
  const waiting: (() => void)[] = []
  let running = 0

  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result | null> {
    if (running >= concurrentMax) {
      if (waiting.length >= waitingMax) return null
      // Whoever ends hands the place over: it is never free for one who comes between.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  return {
    hash: (password) => inTurn(() => hash(normalize(password), { ...ARGON2_OPTIONS, salt: random.bytes(SALT_BYTES) })),
    verify: (password, known) => inTurn(() => verify(known ?? NOBODYS_HASH, normalize(password))),
  }
}

/** The same letters typed on another keyboard are the same password. */
export function normalize(password: string): string {
  return password.normalize('NFKC')
}
