import { apiSchema } from './compose.ts'

/** The loader through which codegen.yml reads the API schema: its tools cannot read a supergraph. */
export default apiSchema
