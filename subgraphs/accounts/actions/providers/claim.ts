/** What a claim says: one of that very name, else one inside others, by dots (`realm_access.roles`). */
export function readClaim(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  return name.split('.').reduce<unknown>((value, part) => {
    const isInside = typeof value === 'object' && value !== null && Object.hasOwn(value, part)
    return isInside ? (value as Record<string, unknown>)[part] : undefined
  }, claims)
}
