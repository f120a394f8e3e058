import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { CHILD_ENVIRONMENT } from './child-environment.ts'

/** The account PostgreSQL runs under when it must not be ours. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
}

/**
 * Null: the server runs as we do. PostgreSQL refuses to run as root, so root hands it to the owner of the
 * data, if there is one (data of an ordinary user stays theirs after one `sudo npm start`), else to a system
 * account.
 */
export function chooseServerUser(dataDirectory: string): ServerUser | null {
  if (process.getuid?.() !== 0) return null
  const owner = statSync(dataDirectory, { throwIfNoEntry: false })
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const account = findAccount('postgres') ?? findAccount('nobody')
  if (account) return account
  throw new Error(
    'PostgreSQL does not run as root, and there is neither a user postgres nor nobody. ' +
      'Start as an ordinary user, or set DATABASE_URL to a server of your own.',
  )
}

function findAccount(name: string): ServerUser | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null
}

/** Asks the kernel rather than adding up mode bits: access lists and mounts have a say too. */
export function canEnter(user: ServerUser | null, folder: string): boolean {
  const asked = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/', env: CHILD_ENVIRONMENT })
  if (!asked.error) return asked.status === 0
  throw new Error(
    `This process is root but may not start a program as uid ${user?.uid}. ` +
      'Start as an ordinary user, or set DATABASE_URL to a server of your own.',
    { cause: asked.error },
  )
}
