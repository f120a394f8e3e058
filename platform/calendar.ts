/** A day of the calendar, `YYYY-MM-DD`. Days compare as text. */
export type Day = string & { readonly brand: 'Day' }

/** The days of a place: where they begin and which one a moment is in. */
export interface Calendar {
  dayOf(moment: Date): Day
  /**
   * When the clocks of the place show an hour of a day. An hour that they skip is as long after midnight as if they had
   * not; of one that they show twice it is one of the two.
   */
  momentOf(day: Day, hour?: number): Date
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Dear to make (0.3 ms); there are only so many time zones. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formats.set(timeZone, format)
  return format
}

/** The calendar of a time zone of the IANA database. */
export function createCalendar(timeZone: string): Calendar {
  const format = formatOf(timeZone)

  /** What the clocks there show, as if it were UTC. */
  function shownMs(moment: Date): number {
    const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second)
  }

  return {
    dayOf: (moment) => toDay(shownMs(moment)),
    momentOf(day, hour = 0) {
      const wantedMs = Date.parse(day) + hour * HOUR_MS
      // The difference from UTC at the first guess may be that of another season than at the moment itself.
      const guessMs = wantedMs - (shownMs(new Date(wantedMs)) - wantedMs)
      return new Date(guessMs - (shownMs(new Date(guessMs)) - wantedMs))
    },
  }
}

export function addDays(day: Day, count: number): Day {
  return toDay(Date.parse(day) + count * DAY_MS)
}

/** How many days from the first to the second; negative when the second is earlier. */
export function daysBetween(first: Day, second: Day): number {
  return (Date.parse(second) - Date.parse(first)) / DAY_MS
}

/** The same day of another month, or the last of that month where it has no such day. */
export function addMonths(day: Day, count: number): Day {
  const date = new Date(day)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + count]
  const lastOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return toDay(Date.UTC(year, month, Math.min(date.getUTCDate(), lastOfMonth)))
}

/** How many months from the month of the first to that of the second. */
export function monthsBetween(first: Day, second: Day): number {
  const [from, to] = [new Date(first), new Date(second)]
  return (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth()
}

/** The first day of its month. */
export function monthOf(day: Day): Day {
  return `${day.slice(0, 'YYYY-MM'.length)}-01` as Day
}

function toDay(ms: number): Day {
  return new Date(ms).toISOString().slice(0, 'YYYY-MM-DD'.length) as Day
}
