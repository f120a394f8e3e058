import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { ClosingLineReporter } from './platform/testing/closing-line-reporter.ts'
import { LongestFirst } from './platform/testing/longest-first.ts'

export default defineConfig({
  // Node takes a package's `main`; the default here is `module`, and then graphql is loaded twice and refuses itself.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['**/*.test.ts'],
    reporters: ['default', new ClosingLineReporter()],
    setupFiles: './platform/testing/watch-logs.ts',
    globalSetup: './cli/testing/global-setup.ts',
    exclude: [...configDefaults.exclude, '**/.cabinet/**', '**/worktrees/**'],
    // Five times faster than a process a file; a test that changes what its worker shares must put it back.
    pool: 'threads',
    isolate: false,
    // One more than there are cores: tests wait for processes, clocks and the disk of the database.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    // Nothing is asserted about time: these only end what hangs, on a machine that may be busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
