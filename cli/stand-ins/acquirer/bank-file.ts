import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { type Bank, createBank } from './bank.ts'

/** What was written of a bank, or an empty one: payments that a cabinet still asks for outlive a restart. */
export function loadBank(file: string): Bank {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return createBank()
    throw error
  }
  const read = JSON.parse(text) as Record<keyof Bank, never[]>
  return {
    payments: new Map(read.payments),
    refunds: new Map(read.refunds),
    methods: new Map(read.methods),
    keys: new Map(read.keys),
  }
}

export function saveBank(file: string, { payments, refunds, methods, keys }: Bank): void {
  const draft = `${file}.draft`
  const text = JSON.stringify({
    payments: [...payments],
    refunds: [...refunds],
    methods: [...methods],
    keys: [...keys],
  })
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, file)
}
