import { readFileSync } from 'node:fs'

/** What front ends send for the home screen, word for word. */
export const HOME_QUERY = readFileSync(new URL('../../schema/operations/home.graphql', import.meta.url), 'utf8')

/** As long a page as the schema allows, so that viewers with a hundred lines get them all. */
export const HOME_VARIABLES = { first: 100 }

export const HOME_BODY = JSON.stringify({ query: HOME_QUERY, operationName: 'Home', variables: HOME_VARIABLES })
