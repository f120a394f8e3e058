/**
 * Looks at a value of an answer. Null when it is as it should be, else what is wrong and where, for the log:
 * `.lines.nodes[3].id is not an ID`. Names and places only, never values: they may be personal.
 */
export type Check = (value: unknown) => string | null

export function checkNonNull(check: Check): Check {
  return (value) => (value === null || value === undefined ? ' is null' : check(value))
}

/** A field that was asked for is there, if only as null. */
export function checkNullable(check: Check): Check {
  return (value) => {
    if (value === null) return null
    return value === undefined ? ' is missing' : check(value)
  }
}

/** A field under `@skip` or `@include` may be absent. */
export function checkOptional(check: Check): Check {
  return (value) => (value === undefined ? null : check(value))
}

export function checkList(item: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return ' is not a list'
    for (let index = 0; index < value.length; index++) {
      const trouble = item(value[index])
      if (trouble !== null) return `[${index}]${trouble}`
    }
    return null
  }
}

export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Unlike Object.keys, this makes no list. */
function countFields(value: JsonObject): number {
  let count = 0
  for (const _ in value) count++
  return count
}

/** An object with the fields that were asked for and none besides: what is merged over others' fields is only ours. */
export function checkFields(fields: ReadonlyMap<string, Check>): (value: JsonObject) => string | null {
  const entries = [...fields]
  return (value) => {
    let found = 0
    for (const [key, check] of entries) {
      const field = value[key]
      const trouble = check(field)
      if (trouble !== null) return `.${key}${trouble}`
      if (field !== undefined) found++
    }
    // As many as were found are those that were found: names are looked at only where there are more.
    if (countFields(value) === found) return null
    for (const key in value) if (!fields.has(key)) return ' has a field that was not asked for'
    return null
  }
}
