import type { FastifyRequest } from 'fastify'
import { ANONYMOUS, type Principal, type Viewer } from '../platform/identity/viewer.ts'
import type { Logger } from '../platform/logger.ts'
import { type Randomness, systemRandomness } from '../platform/random.ts'
import type { LimitOptions } from './admission/adaptive-limit.ts'
import { createAdmission } from './admission/admission.ts'
import { createShedding, NO_SHEDDING, type Shedding } from './admission/shedding.ts'
import { startStrainGauge } from './admission/strain-gauge.ts'
import type { DocumentGate, OperationProfile } from './documents/document-gate.ts'
import { askedBy } from './http/graphql-route.ts'
import type { GatewayObserver } from './observer.ts'
import type { SubgraphLink } from './prepare-fetch.ts'
import { type Limiting, type LimitingOptions, NO_LIMITING, startLimiting } from './rate-limits/limiting.ts'
import type { AskedOperation, OperationAdmission } from './registered/admission.ts'

/** What stands between a request and the work on it, beside the question whether it is well formed. */
export interface Door {
  readonly shedding: Pick<Shedding, 'beforeBody' | 'before'>
  /** How long what comes now may have waited for this process before, at the most. */
  readonly waitedMs: number
  /** Throws for a request that there is no room for, or whose sender is over a limit, by what is known of its text. */
  enter(asked: AskedOperation, sender: Sender): void
  /** The text that it runs. Throws for one that may not be run, and for what it turns out to be after it was read. */
  textFor(asked: AskedOperation, sender: Sender): string | undefined
  /** Throws for a stream whose text nobody has seen, when its sender may not have more of such read now. */
  mayRead(asked: AskedOperation, sender: Sender): void
  /** Throws for a stream of this cost that may not be started now. */
  mayStart(cost: number, principal: Principal, address: string | null): void
  /** Counts one who could not say who they are; throws when such come too often from there. */
  turnAway(address: string): void
  close(): void
}

export type Sender = Pick<Viewer, 'principal' | 'client'>

export interface DoorOptions {
  readonly admission?: LimitOptions
  readonly rateLimits?: LimitingOptions
  readonly observer?: GatewayObserver
  readonly logger: Logger
  readonly random?: Randomness
}

export interface DoorDependencies {
  readonly documents: Pick<DocumentGate, 'admit' | 'recall'>
  readonly operations: OperationAdmission
  readonly links: ReadonlyMap<string, SubgraphLink>
}

/** What comes to nothing is not free: it is spent before a text is read that nobody has seen. */
const COST_OF_UNKNOWN = 10

export function openDoor(options: DoorOptions, dependencies: DoorDependencies): Door {
  const { documents, operations } = dependencies
  const recall = (asked: AskedOperation): OperationProfile | undefined => {
    const text = operations.recall(asked)
    return text === undefined ? undefined : documents.recall(text)
  }
  const guards = openGuards(options, dependencies, (request) => recall(askedBy(request)))
  const { shedding, limiting, close } = guards
  return {
    shedding,
    get waitedMs() {
      return guards.waitedMs()
    },
    enter(asked, { principal, client }) {
      const known = recall(asked)
      if (known) shedding.confirm(known.priority)
      limiting.spend(principal, client.address, known?.cost ?? COST_OF_UNKNOWN)
    },
    textFor(asked, { principal, client }) {
      const wasKnown = recall(asked) !== undefined
      const text = operations.textFor(asked, principal)
      if (text === undefined) return undefined
      const profile = documents.admit(text, operations.isRegistered(text))
      if (profile && !wasKnown) {
        shedding.confirm(profile.priority)
        limiting.spend(principal, client.address, Math.max(0, profile.cost - COST_OF_UNKNOWN))
      }
      return text
    },
    mayRead(asked, { principal, client }) {
      if (!recall(asked)) limiting.spend(principal, client.address, COST_OF_UNKNOWN)
    },
    mayStart(cost, principal, address) {
      shedding.confirmStream()
      limiting.spend(principal, address, cost)
    },
    turnAway: (address) => limiting.spend(ANONYMOUS, address, COST_OF_UNKNOWN),
    close,
  }
}

interface Guards {
  readonly shedding: Shedding
  readonly limiting: Limiting
  waitedMs(): number
  close(): void
}

function openGuards(
  { admission: options, rateLimits, observer = {}, logger, random = systemRandomness }: DoorOptions,
  { links }: DoorDependencies,
  recall: (request: FastifyRequest) => OperationProfile | undefined,
): Guards {
  const limiting = rateLimits ? startLimiting({ ...rateLimits, logger, observer }) : NO_LIMITING
  if (!options) return { shedding: NO_SHEDDING, limiting, waitedMs: () => 0, close: limiting.close }
  const admission = createAdmission(options, observer)
  const stopGauge = startStrainGauge(admission, () => [...links.values()].map(({ guard }) => guard))
  return {
    shedding: createShedding({ admission, recall, random }),
    limiting,
    waitedMs: () => admission.waitedMs,
    close() {
      stopGauge()
      limiting.close()
    },
  }
}
