import { describe, expect, it } from 'vitest'
import { closingLine } from './closing-line-reporter.ts'

type State = 'passed' | 'failed' | 'skipped' | 'pending'

function file(states: State[], state = states.includes('failed') ? 'failed' : 'passed') {
  const tests = states.map((each) => ({ result: () => ({ state: each }) }))
  return { state: () => state, children: { allTests: () => tests } }
}

describe('the closing line', () => {
  it('counts the tests of all files', () => {
    expect(closingLine([file(['passed', 'passed']), file(['failed'])], 0)).toBe('2 passed, 1 failed')
  })

  it('names the skipped only where there are some', () => {
    expect(closingLine([file(['passed', 'skipped'])], 0)).toBe('1 passed, 0 failed, 1 skipped')
  })

  it('counts a file that does not load, an error of no test and a test that was never run as failed', () => {
    expect(closingLine([file([], 'failed')], 1)).toBe('0 passed, 2 failed')
    expect(closingLine([file(['passed', 'pending'])], 0)).toBe('1 passed, 1 failed')
  })
})
