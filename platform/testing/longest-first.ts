import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Of minutes each: begun last, they would go on alone while nothing else is left to run. */
const LONGEST = [
  'cli/hostile-requests.test.ts',
  'subgraphs/payments/testing/torture/torture.test.ts',
  'cli/streams-torture.test.ts',
  'subgraphs/payments/testing/model/model.test.ts',
  'subgraphs/payments/simulation.test.ts',
]

/** Begins with the test files that take longest. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => rank(one) - rank(other))
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}`))
  return place === -1 ? LONGEST.length : place
}
