import { afterEach, expect } from 'vitest'
import { takeFindings } from './log-watch.ts'

// In every test of the project: no log line shows a telephone, a token, a password or a planted canary.
afterEach(() => {
  expect(takeFindings(), 'logs hold no secret and no personal data').toEqual([])
})
