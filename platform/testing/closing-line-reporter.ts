import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with one line for machines: `N passed, N failed`, and `, N skipped` if some were. */
export class ClosingLineReporter implements Reporter {
  readonly #write: (text: string) => void

  constructor(write: (text: string) => void = (text) => process.stdout.write(text)) {
    this.#write = write
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    this.#write(`${closingLine(modules, unhandledErrors.length)}\n`)
  }
}

/** A file that broke as a whole, and an error that belongs to no test, count as one failed test each. */
export function closingLine(modules: readonly CountedModule[], unhandledErrorCount: number): string {
  const count = { passed: 0, failed: unhandledErrorCount, skipped: 0, pending: 0 }
  for (const module of modules) {
    let hasFailedTest = false
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      count[state]++
      hasFailedTest ||= state === 'failed'
    }
    if (module.state() === 'failed' && !hasFailedTest) count.failed++
  }
  // A test that was never run (the run was broken off) is not a skipped one: somebody wanted it.
  const failed = count.failed + count.pending
  return `${count.passed} passed, ${failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`
}

/** What of a module is looked at. */
interface CountedModule {
  state(): string
  readonly children: { allTests(): Iterable<{ result(): { readonly state: TestState } }> }
}

type TestState = 'passed' | 'failed' | 'skipped' | 'pending'
