import { createHash } from 'node:crypto'

/** A page as it is sent. */
export interface Page {
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
}

/** What every page says: nothing is allowed but what its own policy adds, and nobody may frame it. */
export function pageHeaders(policy: Readonly<Record<string, string>>): Record<string, string> {
  const directives = {
    'default-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
    ...policy,
  }
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': Object.entries(directives)
      .map(([name, value]) => `${name} ${value}`)
      .join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
  }
}

/** Names one inline script or style in a policy, so that no other runs. */
export function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** A value as a literal inside an inline script: it can neither end the script nor open a comment. */
export function scriptLiteral(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}
