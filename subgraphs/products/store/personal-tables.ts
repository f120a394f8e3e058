import { ownedBy, type PersonalTable } from '../../../platform/personal-data/personal-tables.ts'

/** What is kept of a line: for its owner only. */
export const LINE_TABLES: readonly PersonalTable[] = [
  { table: 'line_tariff', belongsTo: ownedBy('line_id'), key: ['line_id'] },
  { table: 'line_option', belongsTo: ownedBy('line_id'), key: ['id'] },
]
