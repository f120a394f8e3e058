import { type Resolved, refused } from '../file-import.ts'

export function unknownLine(msisdn: string): Resolved<never> {
  return refused('msisdn', 'unknown-line', 'is the number of no known line', msisdn)
}
