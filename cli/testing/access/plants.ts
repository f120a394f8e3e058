import type { Transport } from '../../../gateway/transport/transport.ts'
import type { Viewer } from '../../../platform/identity/viewer.ts'
import { type SubgraphName, schemaName } from '../../../platform/subgraph/name.ts'
import type { TestDatabase } from '../test-database.ts'

// Faults planted on purpose, to see that the table finds them.

/** A subgraph that forgets who asks and answers everyone as it answers a supervisor. */
export function forgetViewer(planted: SubgraphName) {
  return (subgraph: SubgraphName, transport: Transport): Transport => {
    if (subgraph !== planted) return transport
    const asSupervisor = (viewer: Viewer): Viewer => ({
      ...viewer,
      principal: { kind: 'staff', staffId: 'planted', sessionId: 'planted', roles: ['supervisor'] },
    })
    return { ...transport, send: (request) => transport.send({ ...request, viewer: asSupervisor(request.viewer) }) }
  }
}

/** What a subgraph's queries find when they do not look at rights: everyone has all of them on every line. */
export async function forgetRights(database: TestDatabase, planted: SubgraphName): Promise<void> {
  const schema = schemaName(planted)
  await database.sql(`alter table ${schema}.line_access rename to line_access_that_is_right`)
  await database.sql(`
    create view ${schema}.line_access as
    select line_id, account.id as account_id, 15::smallint as rights, null::timestamptz as until, 1::bigint as version
    from (select distinct line_id from ${schema}.line_access_that_is_right) as line cross join accounts.account
  `)
}
