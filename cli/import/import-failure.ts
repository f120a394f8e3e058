/** Why an import cannot begin or go on, in words for the operator; nothing that was loaded is lost by it. */
export class ImportFailure extends Error {
  override readonly name = 'ImportFailure'
}
