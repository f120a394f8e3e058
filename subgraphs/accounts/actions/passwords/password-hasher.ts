import { argon2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { invariant } from '../../../../platform/invariant.ts'
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
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const
const SALT_BYTES = 16
const TAG_BYTES = 32

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
    hash: (password) =>
      inTurn(async () => {
        const parts = { ...COST, salt: random.bytes(SALT_BYTES) }
        return format({ ...parts, tag: await derive(password, parts, TAG_BYTES) })
      }),
    verify: (password, hash) =>
      inTurn(async () => {
        const { tag, ...parts } = parse(hash ?? NOBODYS_HASH)
        return timingSafeEqual(await derive(password, parts, tag.length), tag)
      }),
  }
}

/** What a hash says of how it was made. */
interface Parts {
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
  readonly salt: Buffer
}

const argon2Async = promisify(argon2)

function derive(password: string, { salt, ...cost }: Parts, tagLength: number): Promise<Buffer> {
  return argon2Async('argon2id', { ...cost, message: normalize(password), nonce: salt, tagLength })
}

/** As the reference implementation writes it, so that every other reads it. */
function format({ memory, passes, parallelism, salt, tag }: Parts & { readonly tag: Buffer }): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`
}

const HASH = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/

function parse(hash: string): Parts & { readonly tag: Buffer } {
  const [, memory, passes, parallelism, salt, tag] = HASH.exec(hash) ?? []
  invariant(salt && tag, 'what is stored is a hash of argon2id')
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}

/** The same letters typed on another keyboard are the same password. */
export function normalize(password: string): string {
  return password.normalize('NFKC')
}
