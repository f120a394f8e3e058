import { buildSchema, type GraphQLError, OperationTypeNode, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { UNKNOWN_CLIENT } from '../platform/identity/viewer.ts'
import { silentLogger } from '../platform/logger.ts'
import { operationId } from '../platform/operations/normal-form.ts'
import { createDocumentGate, profileOf, type ReadyOperation } from './documents/document-gate.ts'
import { openDoor } from './door.ts'
import { createOperationAdmission } from './registered/admission.ts'
import { createRegistry } from './registered/registry.ts'

const BODY = 'query Person {\n  person\n}'
const ID = operationId(BODY)
const MAX = 100
const SENDER = { principal: { kind: 'anonymous' }, client: { ...UNKNOWN_CLIENT, address: '192.0.2.1' } } as const

/** The door of a gateway that has one registered operation ready, of this cost. */
function open(cost: number) {
  const document = parse(BODY)
  const ready: ReadyOperation = { text: BODY, document, profile: profileOf(document, { cost }) }
  const documents = createDocumentGate({ hasIntrospection: false })
  documents.useSchema(buildSchema('type Query { person: ID }'), new Map([[ID, ready]]))
  const operations = createOperationAdmission({ isOpen: false, adHocRoles: [] })
  operations.use(createRegistry([{ id: ID, name: 'Person', type: OperationTypeNode.QUERY, body: BODY }]))
  const rateLimits = { viewerCostPerMinute: MAX, addressCostPerMinute: MAX, ledger: { tell: async () => [] } }
  return openDoor({ logger: silentLogger, rateLimits }, { documents, operations, links: new Map() })
}

function codeOf(work: () => unknown): unknown {
  try {
    work()
    return null
  } catch (error) {
    return (error as GraphQLError).extensions['code']
  }
}

describe('the door', () => {
  it.each([
    ['its id', { documentId: `sha256:${ID}` }],
    ['the hash of a client with persisted queries', { extensions: { persistedQuery: { version: 1, sha256Hash: ID } } }],
    ['its text', { query: BODY }],
  ])('knows what a registered operation costs from the first request, by %s', (_, asked) => {
    const door = open(MAX + 1)
    expect(codeOf(() => door.enter(asked, SENDER))).toBe('RATE_LIMITED')
    door.close()
  })

  it('spends the cost of another layout once its operation is found, and at the door from then on', () => {
    const door = open(MAX + 1)
    const asked = { query: 'query Person { person }' }
    expect(codeOf(() => door.enter(asked, SENDER))).toBeNull()
    expect(codeOf(() => door.textFor(asked, SENDER))).toBe('RATE_LIMITED')
    expect(codeOf(() => open(MAX + 1).textFor(asked, { ...SENDER, client: UNKNOWN_CLIENT }))).toBeNull()
    door.close()
  })

  it('lets nobody try ever new texts for nothing', () => {
    const door = open(1)
    const codes = Array.from({ length: 12 }, (__, number) => {
      const asked = { query: `query Guess${number} { person }` }
      return codeOf(() => door.enter(asked, SENDER)) ?? codeOf(() => door.textFor(asked, SENDER))
    })
    expect(new Set(codes.slice(0, 10))).toEqual(new Set(['OPERATION_NOT_REGISTERED']))
    expect(codes.at(-1)).toBe('RATE_LIMITED')
    door.close()
  })

  it('lets nobody have ever new texts of streams read for nothing, and what is known is read for nothing', () => {
    const door = open(1)
    const codes = Array.from({ length: 12 }, (__, number) => {
      return codeOf(() => door.mayRead({ query: `subscription Guess${number} { person }` }, SENDER))
    })
    expect(codes.indexOf('RATE_LIMITED')).toBe(10)
    expect(codeOf(() => door.mayRead({ documentId: ID }, SENDER))).toBeNull()
    door.close()
  })

  it('counts those who could not say who they are, by where they come from', () => {
    const door = open(1)
    const codes = Array.from({ length: 12 }, () => codeOf(() => door.turnAway('192.0.2.1')))
    expect(codes.indexOf('RATE_LIMITED')).toBe(10)
    expect(codeOf(() => door.turnAway('198.51.100.1'))).toBeNull()
    door.close()
  })
})
