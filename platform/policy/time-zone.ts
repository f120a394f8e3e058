import { z } from 'zod'

/** A policy that says whose days and hours count: a name of the IANA database. */
export const timeZonePolicy = z.string().refine(isTimeZone, 'no time zone of the IANA database')

function isTimeZone(name: string): boolean {
  return name === 'UTC' || Intl.supportedValuesOf('timeZone').includes(name)
}
