import { z } from 'zod'
import { STAFF_ROLES } from './viewer.ts'

const LOOPBACK_HOSTS = ['127.0.0.1', '[::1]', 'localhost']

/** Secrets cross this wire, so it is encrypted; to the same machine, for development, it need not be. */
const providerUrl = z
  .url()
  .refine((text) => text.startsWith('https://') || isLoopback(text), 'is neither https nor on this machine')

const redirectUri = z
  .url()
  .refine((text) => !/[?#]/.test(text), 'has a query or a fragment: the provider writes its answer there')

const endpoints = z.object({
  authorization: providerUrl,
  token: providerUrl,
  userinfo: providerUrl.optional(),
})

/** How one provider of identities is talked to. */
export const providerClient = z.object({
  /** Who signs its ID tokens, and where its endpoints are discovered when they are not given. */
  issuer: providerUrl,
  /** Given for a provider that has no discovery. */
  endpoints: endpoints.optional(),
  /** Further origins that its endpoints may have: nothing is ever sent to any other. */
  origins: z.array(providerUrl).default([]),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1).optional(),
  clientAuthentication: z.enum(['basic', 'post', 'none']).default('basic'),
  scopes: z.array(z.string().regex(/^\S+$/)).default(['openid']),
  /** Where browsers and applications are sent back to; the first when the client names none. */
  redirectUris: z.array(redirectUri).min(1),
})
export type ProviderClient = z.output<typeof providerClient>

/** Where the name of a person stands that never changes and is never given to another. */
const subject = z.object({
  in: z.enum(['id-token', 'token-response', 'userinfo']),
  claim: z.string().min(1),
  /** The scheme with which the access token goes to the userinfo endpoint. */
  scheme: z.enum(['Bearer', 'OAuth']).default('Bearer'),
})
export type SubjectSource = z.output<typeof subject>

/** A provider by which customers sign in. */
export const socialProvider = providerClient
  .extend({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
    name: z.object({ ru: z.string().min(1), en: z.string().min(1) }),
    subject: subject.default({ in: 'id-token', claim: 'sub', scheme: 'Bearer' }),
    /** Parameters of the provider's answer that it wants to see again with the code. */
    returnedParameters: z.array(z.string().min(1)).default([]),
  })
  .refine(hasSubjectThere, 'says that the subject is where this provider tells nothing')
  .refine(hasSecret, 'needs a client secret, or `"clientAuthentication": "none"`')
export type SocialProvider = z.output<typeof socialProvider>

/** The operator's own provider, by which staff sign in. */
export const staffProvider = providerClient
  .extend({
    /** Where the ID token tells the roles, inside others by dots: `realm_access.roles`. */
    rolesClaim: z.string().min(1).default('roles'),
    /** What the provider's roles mean here; those that are not named mean nothing. */
    roles: z
      .record(z.string(), z.enum(STAFF_ROLES))
      .default(Object.fromEntries(STAFF_ROLES.map((role) => [role, role]))),
  })
  .refine(({ endpoints: given }) => given === undefined, 'must be discovered: roles come in ID tokens')
  .refine(hasSecret, 'needs a client secret, or `"clientAuthentication": "none"`')
export type StaffProviderOptions = z.output<typeof staffProvider>

function hasSubjectThere({
  subject: { in: place },
  endpoints: given,
}: {
  subject: SubjectSource
  endpoints?: unknown
}) {
  if (place === 'id-token') return given === undefined
  return place === 'token-response' || (given as { userinfo?: string } | undefined)?.userinfo !== undefined
}

function hasSecret({ clientAuthentication, clientSecret }: ProviderClient): boolean {
  return (clientAuthentication === 'none') === (clientSecret === undefined)
}

function isLoopback(text: string): boolean {
  const url = URL.parse(text)
  return url?.protocol === 'http:' && LOOPBACK_HOSTS.includes(url.hostname)
}

/** Whether the wire to the provider is not encrypted: on a developer's machine only, which production refuses. */
export function isInsecure({ issuer, endpoints: given, origins }: ProviderClient): boolean {
  return [issuer, ...origins, ...Object.values(given ?? {})].some((url) => url?.startsWith('http:'))
}
