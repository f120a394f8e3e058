/** The day of the calendar, `YYYY-MM-DD`, that it is at a moment in a time zone of the IANA database. */
export function dayIn(timeZone: string, moment: Date): string {
  let format = formats.get(timeZone)
  if (!format) {
    // The way in which this locale writes days is ISO 8601's.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formats.set(timeZone, format)
  }
  return format.format(moment)
}

/** The first day of the month that it is at a moment in a time zone. */
export function monthIn(timeZone: string, moment: Date): string {
  return `${dayIn(timeZone, moment).slice(0, 'YYYY-MM'.length)}-01`
}

/** Making one is slow. There are as many as an operator has time zones: one. */
const formats = new Map<string, Intl.DateTimeFormat>()
