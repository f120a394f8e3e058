import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { forbidden, reasonRequired, unauthenticated } from '../errors.ts'
import type { Principal, Viewer } from '../identity/viewer.ts'
import { decide, type Grant } from './grant.ts'
import { type AccessPolicy, dependsOnParent, fieldPolicy, typePolicy } from './policy.ts'

/** What enforcement needs of a request's context, and what it leaves there for the resolver it lets through. */
export interface GuardedContext {
  readonly viewer: Viewer
  readonly grant: Grant
}

type Resolve = GraphQLFieldResolver<unknown, GuardedContext>
type ResolveReference = (reference: unknown, context: GuardedContext, info: GraphQLResolveInfo) => unknown

/** Puts the policy of each field before its resolver. A field without a policy throws here, when the process starts. */
export function enforceAccess(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type) && !type.name.startsWith('_')) guardType(schema, type)
  }
  return schema
}

function guardType(schema: GraphQLSchema, type: GraphQLObjectType): void {
  const isRoot = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(type)
  for (const field of Object.values(type.getFields())) {
    if (isRoot && field.name.startsWith('_')) continue
    guardField(fieldPolicy(schema, type, field), field, isRoot)
  }
  guardReference(schema, type)
}

function guardField(policy: AccessPolicy, field: GraphQLField<unknown, GuardedContext>, isRoot: boolean): void {
  if (isOpen(policy)) return
  const resolve: Resolve = field.resolve ?? defaultFieldResolver
  const contextFor = createContextGranter(policy)
  const subscribe = field.subscribe
  if (subscribe) {
    // A stream begins only for whoever may have its events; each event is then resolved under the same policy.
    field.subscribe = (source, args, context, info) => {
      const granted = contextFor(context, ownId(context.viewer))
      if (!granted) throw refusal(context.viewer)
      if (lacksReason(policy, context.viewer)) throw reasonRequired()
      return subscribe(source, args, granted, info)
    }
  }
  field.resolve = (source, args, context, info) => {
    const granted = contextFor(actingContext(source, context), isRoot ? ownId(context.viewer) : idOf(source))
    if (granted) {
      if (isRoot && lacksReason(policy, context.viewer)) throw reasonRequired()
      return resolve(source, args, granted, info)
    }
    // Inside an entity a refusal looks like a value that is not there; at the root it says that it is a refusal.
    if (!isRoot && !isNonNullType(field.type)) return null
    throw refusal(context.viewer)
  }
}

function refusal({ principal }: Viewer): Error {
  return principal.kind === 'anonymous' ? unauthenticated() : forbidden()
}

/** Under this key an object carries who its viewer has become: whoever signs in sees their account in the same answer. */
const VIEWED_BY = Symbol('viewed by')

/** The object, to be read by this principal whoever asked. */
export function viewedBy<Source extends object>(source: Source, principal: Principal): Source {
  return { ...source, [VIEWED_BY]: principal }
}

function actingContext(source: unknown, context: GuardedContext): GuardedContext {
  const principal = (source as { [VIEWED_BY]?: Principal } | null | undefined)?.[VIEWED_BY]
  return principal === undefined ? context : { ...context, viewer: { ...context.viewer, principal } }
}

type GrantContext = (context: GuardedContext, parentId: string | null) => GuardedContext | null

/**
 * Makes the context that carries a policy's grant; null when the viewer has none. Where the decision does not depend
 * on the parent it is made once for a request, whatever the number of lines.
 */
function createContextGranter(policy: AccessPolicy): GrantContext {
  const grantContext: GrantContext = (context, parentId) => {
    const grant = decide(policy, context.viewer.principal, parentId)
    return grant && { ...context, grant }
  }
  if (dependsOnParent(policy)) return grantContext
  let last: { readonly context: GuardedContext; readonly granted: GuardedContext | null } | undefined
  return (context) => {
    if (last?.context !== context) last = { context, granted: grantContext(context, null) }
    return last.granted
  }
}

/** An entity that arrives as a reference is checked by its type's policy; refused, it does not exist. */
function guardReference(schema: GraphQLSchema, type: GraphQLObjectType): void {
  const subgraph = (type.extensions['apollo'] as { subgraph?: { resolveReference?: ResolveReference } } | undefined)
    ?.subgraph
  const resolveReference = subgraph?.resolveReference
  const policy = typePolicy(schema, type)
  if (!subgraph || !resolveReference || !policy || isOpen(policy)) return
  subgraph.resolveReference = (reference, context, info) => {
    const grant = decide(policy, context.viewer.principal, idOf(reference))
    return grant ? resolveReference(reference, { ...context, grant }, info) : null
  }
}

/** At the root a rule about an account means the viewer's own: the one that their session is in. */
function ownId({ principal }: Viewer): string | null {
  return principal.kind === 'account' ? principal.accountId : null
}

/** Staff reach nothing of a customer but through a root field: it is there that they say why. */
function lacksReason({ isReasonNeeded }: AccessPolicy, { principal, client }: Viewer): boolean {
  return principal.kind === 'staff' && client.reason === null && isReasonNeeded
}

function isOpen(policy: AccessPolicy): boolean {
  return policy.to.includes('ANYONE') || policy.to.includes('HOLDER')
}

function idOf(source: unknown): string | null {
  return (source as { id?: string } | null | undefined)?.id ?? null
}
