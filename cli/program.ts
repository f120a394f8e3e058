import { Command } from 'commander'
import { EnvironmentError } from '../platform/environment.ts'
import { auditCommand } from './commands/audit.ts'
import { changeSimCommand } from './commands/change-sim.ts'
import { gatewayCommand } from './commands/gateway.ts'
import { importCommand } from './commands/import.ts'
import { inboxCommand } from './commands/inbox.ts'
import { keysCommand } from './commands/keys.ts'
import { merchantsCommand } from './commands/merchants.ts'
import { migrateCommand } from './commands/migrate.ts'
import { networkCommand } from './commands/network.ts'
import { policyCommand } from './commands/policy.ts'
import { reconcileCommand } from './commands/reconcile.ts'
import { startCommand } from './commands/start.ts'
import { tokenCommand } from './commands/token.ts'
import { ussdCommand } from './commands/ussd.ts'

const program = new Command('cabinet')
  .description('The back end of a mobile operator’s personal cabinet.')
  .addCommand(startCommand())
  .addCommand(migrateCommand())
  .addCommand(importCommand())
  .addCommand(tokenCommand())
  .addCommand(inboxCommand())
  .addCommand(auditCommand())
  .addCommand(policyCommand())
  .addCommand(merchantsCommand())
  .addCommand(reconcileCommand())
  .addCommand(gatewayCommand())
  .addCommand(keysCommand())
  .addCommand(networkCommand())
  .addCommand(ussdCommand())
  .addCommand(changeSimCommand())

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
