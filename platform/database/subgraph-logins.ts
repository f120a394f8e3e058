import { createHmac } from 'node:crypto'
import { EnvironmentError, type Variables } from '../environment-values.ts'
import { mapSubgraphs, roleName, type SubgraphName, variablePrefix } from '../subgraph/name.ts'

/** How a subgraph's own login role reaches the database of `adminUrl`, and its password. */
export interface SubgraphLogin {
  readonly url: string
  readonly password: string
}

/**
 * The logins of the four subgraphs on one server: each password from `<SUBGRAPH>_DATABASE_PASSWORD`, or, outside
 * production, made from the administrator's.
 */
export function subgraphLogins(adminUrl: string, variables: Variables): Record<SubgraphName, SubgraphLogin> {
  return mapSubgraphs((name) => {
    const url = new URL(adminUrl)
    const password = variables[passwordVariable(name)] || derivedPassword(name, url, variables)
    url.username = roleName(name)
    // The setter leaves a bare `%` as it is, and readers of the URL would take it for an escape.
    url.password = encodeURIComponent(password)
    return { url: url.href, password }
  })
}

export function passwordVariable(name: SubgraphName): string {
  return `${variablePrefix(name)}_DATABASE_PASSWORD`
}

function derivedPassword(name: SubgraphName, adminUrl: URL, variables: Variables): string {
  if (variables['NODE_ENV'] === 'production') {
    throw new EnvironmentError(`Set ${passwordVariable(name)}: the password of the role ${roleName(name)}.`)
  }
  return createHmac('sha256', adminUrl.password || 'development')
    .update(roleName(name))
    .digest('base64url')
}
