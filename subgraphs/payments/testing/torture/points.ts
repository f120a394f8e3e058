/** Where a process dies in the middle of a request: before or after one of its statements. */
export const POINTS = {
  'before it begins': { when: 'before', statement: /^begin/ },
  'after the lock': { when: 'after', statement: /for update|advisory_xact_lock/ },
  'after the posting': { when: 'after', statement: /insert into (ledger_transaction|hold)|update hold/ },
  'before the commit': { when: 'before', statement: /^commit/ },
  'after the commit': { when: 'after', statement: /^commit/ },
} as const

export type Point = keyof typeof POINTS
export const POINT_NAMES = Object.keys(POINTS) as Point[]
