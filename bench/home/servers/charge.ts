/** When a fee is due next, as ISO text; null when none will be. Written anew here, so that it checks the product's. */
export function nextCharge(activatedOn: string, period: string, feeKopecks: string, now: Date): string | null {
  if (feeKopecks === '0' || period === 'ONCE') return null
  const start = new Date(`${activatedOn}T00:00:00.000Z`)
  if (start > now) return start.toISOString()
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
  if (period === 'DAY') return new Date(Date.UTC(year, month, now.getUTCDate() + 1)).toISOString()
  const inThisMonth = dayOfMonth(year, month, start.getUTCDate())
  const due = inThisMonth > now ? inThisMonth : dayOfMonth(year, month + 1, start.getUTCDate())
  return due.toISOString()
}

function dayOfMonth(year: number, month: number, day: number): Date {
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return new Date(Date.UTC(year, month, Math.min(day, lastDay)))
}
