import pg from 'pg'

/** `bigint` comes as a bigint, not a string, and `date` as `YYYY-MM-DD`, not as a moment in some time zone. */
export const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: unknown) => {
  if (oid === pg.types.builtins.INT8) return BigInt
  if (oid === pg.types.builtins.DATE) return String
  return pg.types.getTypeParser(oid, format as 'text')
}
