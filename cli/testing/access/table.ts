import { askFirst } from '../event-stream.ts'
import { REASON, type TestCabinet } from '../test-cabinet.ts'
import type { FieldPolicy, SchemaPolicies } from './policies.ts'
import { ENTITY_PATHS, RECIPES, type Recipe } from './recipes.ts'
import { isAllowed } from './rules.ts'
import { type Subject, VIEWER_KINDS, type ViewerKind } from './viewers.ts'
import { MISSING, type World } from './world.ts'

/** One field for one kind of viewer. */
export interface Cell {
  /** "Type.field". */
  readonly row: string
  /** The viewer kind's name. */
  readonly column: string
  readonly isAllowed: boolean
  /** What is wrong with the answer, in a sentence; null when it is what the policy says. */
  readonly problem: string | null
}

export interface AccessTableOptions {
  readonly cabinet: TestCabinet
  readonly world: World
  readonly policies: SchemaPolicies
}

/** Asks for every field as every kind of viewer, one query a cell, and compares with what `@access` says. */
export async function observeAccessTable(
  options: AccessTableOptions,
  isWanted: (field: FieldPolicy) => boolean = () => true,
): Promise<Cell[]> {
  const cells: Cell[] = []
  const fields = options.policies.fields.filter(isWanted)
  for (const viewer of VIEWER_KINDS) {
    const token = await viewer.token(options.cabinet)
    for (const field of fields) cells.push(await observeCell(options, field, { viewer, token }))
  }
  return cells
}

/** Who asks, and the token with which. */
interface Asker {
  readonly viewer: ViewerKind
  readonly token: string | undefined
}

/** How one field is asked for about a subject. `path` leads to its value in the answer's data. */
interface Question {
  readonly query: string
  readonly path: readonly string[]
}

async function observeCell(options: AccessTableOptions, field: FieldPolicy, asker: Asker): Promise<Cell> {
  const { cabinet, world, policies } = options
  const { viewer } = asker
  const row = `${field.type}.${field.field}`
  const recipe = recipeOf(row, field)
  const usual = await (field.type === 'Mutation' ? world.freshSubjectFor(viewer) : world.subjectFor(viewer))
  const subject = recipe.subject?.(viewer, usual) ?? usual
  const ask = (about: Subject) => {
    const { query } = questionOf(field, recipe, viewer, about)
    return field.type === 'Subscription'
      ? askFirst(cabinet, { query }, asker.token)
      : askText(cabinet, query, asker.token)
  }
  const { path } = questionOf(field, recipe, viewer, subject)

  const isExpected = policyAllows(policies, field, viewer, subject)
  const before = await storedAccess(options, subject)
  const text = await ask(subject)
  const answer = classify(text, path, recipe.answer?.(viewer) ?? `${capitalized(field.field)}Success`)
  const isEmpty = isExpected && recipe.isEmptyFor?.(viewer) === true
  const problems: string[] = []
  if (answer !== (isExpected && !isEmpty ? 'allowed' : 'refused')) {
    problems.push(`@access ${isExpected ? 'allows' : 'refuses'} it, and the answer is ${text}`)
  }
  if (!isExpected && (await storedAccess(options, subject)) !== before) problems.push('the refused changed the rights')
  if (
    namesLine(field) &&
    !isLineSeen(policies, viewer, subject) &&
    (await ask({ ...MISSING, accountId: subject.accountId })) !== text
  ) {
    problems.push('a line that is not theirs answers otherwise than one that does not exist')
  }
  const problem = problems.length === 0 ? null : `${row} as ${viewer.name}: ${problems.join('; ')}`
  return { row, column: viewer.name, isAllowed: isExpected, problem }
}

/** Root types whose operations are named before their fields. */
const OWN_OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['Mutation', 'mutation'],
  ['Subscription', 'subscription'],
])

function recipeOf(row: string, field: FieldPolicy): Recipe {
  const recipe = RECIPES[row]
  if (!recipe && (field.needsArguments || OWN_OPERATIONS.has(field.type))) {
    throw new Error(`${row} takes arguments: add a recipe for it to RECIPES in cli/testing/access/recipes.ts`)
  }
  if (!field.isRoot && !ENTITY_PATHS[field.type]) {
    throw new Error(
      `${field.type} is a new entity: say how to reach it in ENTITY_PATHS of cli/testing/access/recipes.ts`,
    )
  }
  return recipe ?? {}
}

/** What the schemas say: the field's own policy and that of the entity that it is on or gives. */
export function policyAllows(
  { entities }: SchemaPolicies,
  field: FieldPolicy,
  viewer: ViewerKind,
  subject: Subject,
): boolean {
  const entityRules = entities.get(field.isRoot ? field.returns : field.type)
  if (entityRules && !isAllowed(entityRules, viewer, subject)) return false
  return isAllowed(field.to, viewer, subject)
}

function isLineSeen(policies: SchemaPolicies, viewer: ViewerKind, subject: Subject): boolean {
  return isAllowed(policies.entities.get('Line') ?? [], viewer, subject)
}

function namesLine(field: FieldPolicy): boolean {
  const isLineStream = field.type === 'Subscription' && field.line !== null
  return isLineStream || field.type === 'Line' || field.type === 'Mutation' || field.returns === 'Line'
}

function questionOf(field: FieldPolicy, recipe: Recipe, viewer: ViewerKind, subject: Subject): Question {
  const selection = `${field.field}${recipe.arguments?.(subject) ?? ''}${field.isComposite ? ' { __typename }' : ''}`
  if (field.isRoot)
    return { query: `${OWN_OPERATIONS.get(field.type) ?? 'query'} { ${selection} }`, path: [field.field] }
  const entity = ENTITY_PATHS[field.type]?.(viewer, subject) ?? ''
  return { query: `{ ${entity} { ${selection} } }`, path: [entity.replace(/\(.*/, ''), field.field] }
}

/** The body of the answer as it came, to be compared byte for byte. */
export async function askText(cabinet: TestCabinet, query: string, token: string | undefined): Promise<string> {
  const headers = { ...REASON, ...(token !== undefined && { authorization: `Bearer ${token}` }) }
  const response = await cabinet.gateway.http.inject({ method: 'POST', url: '/graphql', headers, payload: { query } })
  return response.body
}

const REFUSALS = new Set(['UNAUTHENTICATED', 'FORBIDDEN'])

/** Anything but a clean value or a clean refusal is neither. */
export function classify(
  text: string,
  path: readonly (string | number)[],
  success = '',
): 'allowed' | 'refused' | 'broken' {
  const { data, errors = [] } = JSON.parse(text) as {
    data?: Record<string, unknown> | null
    errors?: { extensions?: { code?: string } }[]
  }
  const value = path.reduce<unknown>(
    (parent, step) => (parent as Record<string | number, unknown> | null | undefined)?.[step],
    data,
  )
  if (value === null || value === undefined) {
    return errors.every((error) => REFUSALS.has(error.extensions?.code ?? '')) ? 'refused' : 'broken'
  }
  if (errors.length > 0) return 'broken'
  const typename = (value as { __typename?: string }).__typename
  if (typename === 'LineNotFoundError') return 'refused'
  return typename?.endsWith('Error') || typename?.endsWith('Success') ? verdict(typename === success) : 'allowed'
}

function verdict(isSuccess: boolean): 'allowed' | 'broken' {
  return isSuccess ? 'allowed' : 'broken'
}

async function storedAccess({ cabinet }: AccessTableOptions, { lineId }: Subject): Promise<string> {
  return JSON.stringify(
    await cabinet.database.sql(
      'select account_id, rights, until, version::text from linked_numbers.line_access where line_id = $1 order by 1',
      [lineId],
    ),
  )
}

function capitalized(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`
}
