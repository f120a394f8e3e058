import { expect, it } from 'vitest'
import { answerType, rememberAnswerTypes } from './answer-type.ts'

const NEW = 'application/graphql-response+json'

it('a remembered verdict on what a client accepts is the one that was made', () => {
  const remembered = rememberAnswerTypes()
  const headers = [undefined, '', '*/*', 'application/json', NEW, `${NEW}, application/json;q=0.9`, 'text/html', 'x']
  for (const accept of [...headers, ...headers]) expect(remembered(accept)).toBe(answerType(accept))
  expect(remembered(NEW)).toBe(`${NEW}; charset=utf-8`)
  expect(remembered('text/html')).toBeNull()
})
