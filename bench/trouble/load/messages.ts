/** One kind of request, and how many of it come in a second. */
export interface Kind {
  readonly kind: string
  readonly perSecond: number
  readonly query: string
  /** Where these say `{n}`, each request has a number of seven digits of its own. */
  readonly variables?: Readonly<Record<string, unknown>>
  /** Whether a customer asks. */
  readonly isSignedIn: boolean
  /** What a whole answer has in it. */
  readonly mark: string
}

/** What the process that sends is told to do. */
export interface LoadOrder {
  readonly port: number
  readonly seconds: number
  readonly kinds: readonly Kind[]
  readonly tokens: readonly string[]
}

/** An answer as its client saw it. */
export interface Seen {
  readonly kind: string
  /** 0 when there was none. */
  readonly status: number
  /** From the moment that the client had something to send, with the time until it had a connection. */
  readonly ms: number
  /** Whether nothing is missing in it. */
  readonly isWhole: boolean
  /** Of the header `Retry-After`; 0 without one. */
  readonly retryAfterSeconds: number
}

export interface LoadReport {
  readonly seen: readonly Seen[]
  /** How late the load itself was: later, and what it saw says little of the server. */
  readonly ownDelay: OwnDelay
  readonly connections: number
  /** What it did not send, as it was too late for it: all at once they would be another load than was ordered. */
  readonly unsent: number
}

export interface OwnDelay {
  readonly p99Ms: number
  readonly maxMs: number
}
