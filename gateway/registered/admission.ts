import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Principal, StaffRole } from '../../platform/identity/viewer.ts'
import { operationId } from '../../platform/operations/normal-form.ts'
import { OTHER } from '../sight/bounded-label.ts'
import { malformedId, notRegistered, otherText, persistedQueryNotFound } from './errors.ts'
import { createRegistry, type Registry } from './registry.ts'

/** What a request says of its operation. An empty text is none: WebSockets' clients cannot leave it out. */
export interface AskedOperation {
  readonly query?: unknown
  /** `sha256:<hex>` or the hash alone. */
  readonly documentId?: unknown
  /** Apollo's clients have the id in `persistedQuery.sha256Hash`. */
  readonly extensions?: unknown
}

/** Decides which text a request runs. */
export interface OperationAdmission {
  /**
   * The text to be run; undefined when the request names none. Throws for one that this viewer may not run, and for an
   * id that nothing is known by.
   */
  textFor(asked: AskedOperation, principal: Principal): string | undefined
  /** The text that a request would run, if that is known without reading it: whoever may not run it is told later. */
  recall(asked: AskedOperation): string | undefined
  /** Whether a text that was given out is a registered one: it was looked at when it was registered. */
  isRegistered(text: string): boolean
  /**
   * How an operation is called in metrics and traces: by its name if that is a registered one's. Any other is its
   * client's own word, and could be a telephone number.
   */
  shownName(given: string | undefined): string
  /** From now on these are the registered ones. */
  use(registry: Registry): void
}

export interface OperationAdmissionOptions {
  /** Whether anybody may run any operation, and have the gateway remember its text by its hash. */
  readonly isOpen: boolean
  /** The roles of staff that may run any operation where it is not open. */
  readonly adHocRoles: readonly StaffRole[]
}

/** Texts that clients registered themselves, by their length together. */
const REMEMBERED_CHARACTERS_MAX = 4_000_000

export function createOperationAdmission({ isOpen, adHocRoles }: OperationAdmissionOptions): OperationAdmission {
  const remembered = new LRUCache<string, string>({
    maxSize: REMEMBERED_CHARACTERS_MAX,
    sizeCalculation: (text) => text.length + 1,
  })
  let registry = createRegistry([])

  const mayAskAnything = (principal: Principal) =>
    isOpen || (principal.kind === 'staff' && principal.roles.some((role) => adHocRoles.includes(role)))

  function byId(id: string, principal: Principal): string {
    const registered = registry.byId(id)
    if (registered) return registered.text
    if (!mayAskAnything(principal)) throw notRegistered()
    const text = isOpen ? remembered.get(id) : undefined
    if (text === undefined) throw persistedQueryNotFound()
    return text
  }

  function byText(text: string, id: string | undefined, principal: Principal): string {
    const registered = registry.byText(text)
    const isOwnId = id === undefined || id === registered?.id || id === operationId(text)
    if (!isOwnId) throw otherText()
    if (registered) return registered.text
    if (!mayAskAnything(principal)) throw notRegistered()
    if (isOpen && id !== undefined) remembered.set(id, text)
    return text
  }

  return {
    textFor(asked, principal) {
      const id = readId(asked)
      if (typeof asked.query === 'string' && asked.query !== '') return byText(asked.query, id, principal)
      return id === undefined ? undefined : byId(id, principal)
    },
    recall(asked) {
      if (typeof asked.query === 'string' && asked.query !== '')
        return registry.recall(asked.query)?.text ?? asked.query
      const id = idIn(asked)
      return typeof id === 'string' ? (registry.byId(id)?.text ?? remembered.get(id)) : undefined
    },
    isRegistered: (text) => registry.isText(text),
    shownName: (given) => (given !== undefined && registry.names.has(given) ? given : OTHER),
    use(newRegistry) {
      registry = newRegistry
    },
  }
}

const documentId = z.string().regex(/^(?:sha256:)?[\da-f]{64}$/)
const persistedQuery = z.object({ version: z.literal(1), sha256Hash: z.string().regex(/^[\da-f]{64}$/) })

function readId(asked: AskedOperation): string | undefined {
  const id = idIn(asked)
  if (id === MALFORMED) throw malformedId()
  return id
}

const MALFORMED = Symbol('malformed')

function idIn({ documentId: named, extensions }: AskedOperation): string | typeof MALFORMED | undefined {
  if (named !== undefined && named !== null) {
    return documentId.safeParse(named).data?.replace('sha256:', '') ?? MALFORMED
  }
  const persisted = isRecord(extensions) ? extensions['persistedQuery'] : undefined
  if (persisted === undefined || persisted === null) return undefined
  return persistedQuery.safeParse(persisted).data?.sha256Hash ?? MALFORMED
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
