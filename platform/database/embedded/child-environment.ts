/**
 * All that PostgreSQL's programs get to see. Ours is kept from them: PG* and LC_* variables would change what
 * they do, messages must stay English because we read them, and secrets are none of their business.
 */
export const CHILD_ENVIRONMENT: NodeJS.ProcessEnv = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
