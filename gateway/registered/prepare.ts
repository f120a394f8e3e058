import { setImmediate as nextTurn } from 'node:timers/promises'
import { parse, type ValidationRule, validate } from 'graphql'
import { profileOf, type ReadyOperation } from '../documents/document-gate.ts'
import { measure } from '../documents/measure.ts'
import type { Candidate } from '../engine/engine.ts'
import type { RegisteredText, Registry } from './registry.ts'

/** What came of making the registered operations ready for a supergraph. */
export interface Prepared {
  /** By the ids of their texts. */
  readonly operations: ReadonlyMap<string, ReadyOperation>
  readonly misfits: readonly Misfit[]
}

export const NOTHING_PREPARED: Prepared = { operations: new Map(), misfits: [] }

/** A registered operation that the supergraph cannot answer. */
export interface Misfit {
  readonly name: string
  readonly id: string
  readonly problem: string
}

/**
 * Reads, checks, measures, plans and compiles each registered text for a supergraph that is about to take over. Requests that
 * come meanwhile get their turn between two texts.
 */
export async function prepareRegistered(
  candidate: Candidate,
  { texts }: Registry,
  rules: readonly ValidationRule[],
): Promise<Prepared> {
  const operations = new Map<string, ReadyOperation>()
  const misfits: Misfit[] = []
  for (const text of texts) {
    const ready = makeReady(candidate, text, rules)
    if (typeof ready === 'string') misfits.push({ name: text.name, id: text.id, problem: ready })
    else operations.set(text.id, ready)
    await nextTurn()
  }
  return { operations, misfits }
}

/** What is ready then, or what is wrong with it. */
function makeReady(
  candidate: Candidate,
  { text }: RegisteredText,
  rules: readonly ValidationRule[],
): ReadyOperation | string {
  try {
    const document = parse(text)
    const [error] = validate(candidate.apiSchema, document, rules)
    if (error) return error.message
    candidate.compile(document)
    return { text, document, profile: profileOf(document, measure(document, candidate.apiSchema)) }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
