import { accessPolicy } from './access-policy.ts'
import { booleanPrefix } from './boolean-prefix.ts'
import { deprecationDate } from './deprecation-date.ts'
import { handleUserErrors } from './handle-user-errors.ts'
import { mutationShape } from './mutation-shape.ts'
import { noNullItems } from './no-null-items.ts'
import { twoLanguages } from './two-languages.ts'

/** The project's own rules for its schema, as an ESLint plugin. */
export const cabinetSchemaLint = {
  rules: {
    'access-policy': accessPolicy,
    'boolean-prefix': booleanPrefix,
    'deprecation-date': deprecationDate,
    'handle-user-errors': handleUserErrors,
    'mutation-shape': mutationShape,
    'no-null-items': noNullItems,
    'two-languages': twoLanguages,
  },
}
