import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { createPool } from '../../platform/database/connect.ts'
import { silentLogger } from '../../platform/logger.ts'
import { type Load, measure, type RunCase } from './measure.ts'
import type { LedgerWorld } from './world.ts'

const ROWS = 10_000
const run = promisify(execFile)

/** The yardstick comes first: pgbench where it is there, else the same statements by the driver that we use. */
export async function measureBaseline(world: LedgerWorld, load: Load): Promise<Record<string, RunCase>> {
  const pool = createPool({ url: world.adminUrl, poolSizeMax: load.clients, logger: silentLogger })
  world.onClose(() => pool.end())
  await pool.query('create table public.two_rows (id int primary key, balance bigint not null)')
  await pool.query('insert into public.two_rows select n, 0 from generate_series(1, $1::int) as n', [ROWS])
  const isThere = await run('pgbench', ['--version']).then(
    () => true,
    () => false,
  )
  return {
    ...(isThere && { 'two rows, by pgbench': await pgbench(world, load) }),
    'two rows, by our driver': () => measure(load, () => moveByDriver(pool)),
  }
}

async function pgbench({ folder, adminUrl }: LedgerWorld, { clients, seconds }: Load): Promise<RunCase> {
  const script = path.join(folder, 'two-rows.sql')
  await writeFile(
    script,
    `\\set a random(1, ${ROWS})
\\set b random(1, ${ROWS})
begin;
update two_rows set balance = balance - 1 where id = least(:a, :b);
update two_rows set balance = balance + 1 where id = greatest(:a, :b);
commit;
`,
  )
  return async () => {
    const { stdout } = await run('pgbench', [
      ...['-n', '-f', script, '-c', String(clients), '-j', '2', '-T', String(seconds)],
      adminUrl,
    ])
    return Number(/tps = ([\d.]+)/.exec(stdout)?.[1])
  }
}

async function moveByDriver(pool: ReturnType<typeof createPool>): Promise<void> {
  const client = await pool.connect()
  const [a, b] = [1, 1].map(() => 1 + Math.floor(Math.random() * ROWS)) as [number, number]
  await client.query('begin')
  await client.query('update two_rows set balance = balance - 1 where id = $1', [Math.min(a, b)])
  await client.query('update two_rows set balance = balance + 1 where id = $1', [Math.max(a, b)])
  await client.query('commit')
  client.release()
}
