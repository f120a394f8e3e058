/** Where a process kills itself, the first time that it comes there. */
export const KILL_POINTS = [
  'confirm is not committed',
  'confirm is committed',
  'credit is about to be',
  'credit is not committed',
  'credit is committed',
  'settlement is not committed',
  'settlement is committed',
] as const
export type KillPoint = (typeof KILL_POINTS)[number]

/** What the process is told: its first argument, as JSON. */
export interface PaymentsArguments {
  readonly databaseUrl: string
  readonly killAt: KillPoint | null
  readonly accountId: string
  readonly lineId: string
  /** Who has each number, as linked numbers would say. */
  readonly lineIdsByPhone: Readonly<Record<string, string>>
  readonly quoteIds: readonly string[]
}
