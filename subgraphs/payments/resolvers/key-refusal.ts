import type { Language } from '../../../platform/languages.ts'
import type { KeyRefusal } from '../actions/once.ts'
import { refusal } from './refusal.ts'

const NAMES = {
  invalidIdempotencyKey: 'InvalidIdempotencyKeyError',
  idempotencyKeyReused: 'IdempotencyKeyReusedError',
  operationInProgress: 'OperationInProgressError',
} as const

/** Why a client's key did not lead to the work. Every mutation with a key has these three in its union. */
export function keyRefusal({ kind }: KeyRefusal, language: Language) {
  return refusal(NAMES[kind], language, ['idempotencyKey'])
}
