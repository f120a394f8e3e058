import type { BenchCase } from './case.ts'
import { hiveCase, hiveUnbatchedCase } from './hive.ts'
import { manyCase, manyUnbatchedCase } from './many.ts'
import { mercuriusCase } from './mercurius.ts'
import { monolithCase } from './monolith.ts'
import { oneCase, oneUnbatchedCase } from './one.ts'
import { sqlCase } from './sql.ts'
import { stockCase } from './stock.ts'

/** The first is the unit that the others are divided by. */
export const CASES: readonly BenchCase[] = [
  sqlCase,
  monolithCase,
  mercuriusCase,
  stockCase,
  hiveCase,
  hiveUnbatchedCase,
  oneCase,
  oneUnbatchedCase,
  manyCase,
  manyUnbatchedCase,
]

export function casesNamed(names: readonly string[] | null): readonly BenchCase[] {
  if (names === null) return CASES
  const unknown = names.filter((name) => !CASES.some((candidate) => candidate.name === name))
  if (unknown.length > 0) {
    throw new Error(`There is no case ${unknown.join(', ')}; there are ${CASES.map(({ name }) => name).join(', ')}.`)
  }
  return CASES.filter(({ name }) => names.includes(name))
}
