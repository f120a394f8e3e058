import { GraphQLError } from 'graphql'

const BAD_REQUEST = { code: 'BAD_REQUEST', http: { status: 400 } }

export function notRegistered(): GraphQLError {
  const message =
    'This operation is not registered. Send one of the manifest that your front end was built with, by its id or its ' +
    'text; a new one goes into schema/operations/ and is released before the front end that sends it.'
  return new GraphQLError(message, { extensions: { code: 'OPERATION_NOT_REGISTERED', http: { status: 400 } } })
}

/** Clients answer this one by sending the text along; for that its status is as Apollo Server has it. */
export function persistedQueryNotFound(): GraphQLError {
  return new GraphQLError('PersistedQueryNotFound', {
    extensions: { code: 'PERSISTED_QUERY_NOT_FOUND', http: { status: 200 } },
  })
}

export function otherText(): GraphQLError {
  return new GraphQLError('The id of the operation is not that of its text.', { extensions: BAD_REQUEST })
}

export function malformedId(): GraphQLError {
  const message =
    'The id of an operation is its SHA-256 in hexadecimal, in `documentId` or in `extensions.persistedQuery` with ' +
    'version 1.'
  return new GraphQLError(message, { extensions: BAD_REQUEST })
}
