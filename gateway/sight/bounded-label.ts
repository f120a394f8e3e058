/** What stands for all that is not shown by name. */
export const OTHER = 'other'

/** The first so many values by name, all later ones as `other`: a label may not grow with what comes in. */
export function createBoundedLabel(valuesMax: number): (value: string) => string {
  const known = new Set<string>()
  return (value) => {
    if (known.has(value)) return value
    if (known.size === valuesMax) return OTHER
    known.add(value)
    return value
  }
}
