import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { phone } from '../../../../cli/testing/fixture.ts'
import { setPolicy, solveProofOfWork } from '../../../../cli/testing/one-time-passwords.ts'
import { openTestCabinet, type TestCabinet } from '../../../../cli/testing/test-cabinet.ts'
import { createEasel, drawPicture } from './picture.ts'

let cabinet: TestCabinet
let now: Date
const clock = { now: () => now }
const pass = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1_000)
}
let drawn: number[]
/** Chance that remembers which characters it drew: all pictures and nothing else of these tests. */
const random = {
  bytes: randomBytes,
  below: (limit: number) => {
    const number = drawn.length % limit
    drawn.push(number)
    return number
  },
}
const ALPHABET = 'ABCDEFGHJKLMNPRTUVWXY346789'

interface Answer {
  readonly captchaId: string
  readonly captchaAnswer: string
}

async function takePicture(): Promise<Answer & { readonly image: string }> {
  drawn = []
  const { data } = await cabinet.ask({
    query: 'mutation { requestCaptcha { ... on RequestCaptchaSuccess { captcha { id image expiresAt } } } }',
  })
  const { captcha } = data.requestCaptcha
  expect(captcha.expiresAt).toBe(new Date(now.getTime() + 300_000).toISOString())
  return {
    captchaId: captcha.id,
    captchaAnswer: drawn.map((place) => ALPHABET.charAt(place)).join(''),
    image: captcha.image,
  }
}

let asked = 0
/** Each time for another number: that one number waits between messages is another matter. */
async function answer({ captchaId, captchaAnswer }: Answer): Promise<string> {
  const { data } = await cabinet.ask({
    query: `mutation ($input: RequestOneTimePasswordInput!) { result: requestOneTimePassword(input: $input) {
      __typename ... on UserError { message path } } }`,
    variables: { input: { phone: phone(++asked), captchaId, captchaAnswer } },
  })
  return data.result.__typename
}
const count = async (name: string, answers: readonly Promise<string>[]) =>
  (await Promise.all(answers)).filter((typename) => typename === name).length

beforeEach(async () => {
  now = new Date('2026-11-22T12:00:00Z')
  drawn = []
  cabinet = await openTestCabinet({ clock, random })
  await setPolicy(cabinet.database, 'captcha.proofOfWorkCost', 10)
})
afterEach(() => cabinet.close())

describe('a picture', () => {
  it('is passed by its characters, in either case and with spaces', async () => {
    const picture = await takePicture()
    expect(picture.image).toMatch(/^data:image\/svg\+xml;base64,/)
    const svg = Buffer.from(picture.image.split(',')[1] ?? '', 'base64').toString()
    expect(svg).toContain('<path')
    expect(svg).not.toContain('<text')
    const captchaAnswer = [...picture.captchaAnswer.toLowerCase()].join(' ')
    expect(await answer({ ...picture, captchaAnswer })).toBe('RequestOneTimePasswordSuccess')
  })

  it('is passed once, however many answers come at once', async () => {
    const picture = await takePicture()
    const answers = Array.from({ length: 50 }, () => answer(picture))
    expect(await count('RequestOneTimePasswordSuccess', answers)).toBe(1)
    expect(await answer(picture)).toBe('CaptchaFailedError')
  })

  it('is used up by a wrong answer', async () => {
    const picture = await takePicture()
    for (const captchaAnswer of ['wrong', picture.captchaAnswer]) {
      expect(await answer({ ...picture, captchaAnswer })).toBe('CaptchaFailedError')
    }
  })

  it('takes no answer after five minutes', async () => {
    const [intime, late] = [await takePicture(), await takePicture()]
    pass(299)
    expect(await answer(intime)).toBe('RequestOneTimePasswordSuccess')
    pass(1)
    expect(await answer(late)).toBe('CaptchaFailedError')
  })

  it('is believed only as it was given', async () => {
    const picture = await takePicture()
    const other = await takePicture()
    const [secretId = '', body = '', code = ''] = picture.captchaId.split('.')
    const longer = JSON.parse(Buffer.from(body, 'base64url').toString())
    longer[2] += 3_600_000
    for (const captchaId of [
      'no captcha',
      '',
      'x'.repeat(5_000),
      `${secretId}.${Buffer.from(JSON.stringify(longer)).toString('base64url')}.${code}`,
      `another.${body}.${code}`,
      `${secretId}.${body}.`,
    ]) {
      expect(await answer({ ...picture, captchaId })).toBe('CaptchaFailedError')
    }
    expect(await answer({ ...other, captchaAnswer: `${other.captchaAnswer}A` })).toBe('CaptchaFailedError')
    expect(await answer(picture)).toBe('RequestOneTimePasswordSuccess')
  })

  it('costs the database nothing until it is answered', async () => {
    await takePicture()
    expect(await cabinet.database.sql('select * from accounts.used_captcha')).toEqual([])
  })

  it('is not drawn for an address that took too many, nor beyond what the processor has time for', async () => {
    await setPolicy(cabinet.database, 'captcha.perAddressHour', 2)
    pass(2)
    const query = `mutation { result: requestCaptcha { __typename ... on TooManyRequestsError { retryAt }
      ... on UserError { message path } } }`
    for (let taken = 0; taken < 2; taken++) await takePicture()
    expect((await cabinet.ask({ query })).data.result).toMatchObject({
      __typename: 'TooManyRequestsError',
      retryAt: new Date(now.getTime() + 3_600_000).toISOString(),
    })
    const easel = createEasel(2)
    const waits = [await easel.take(), await easel.take(), await easel.take()]
    expect(waits).toEqual([null, null, expect.any(Number)])
  })

  it('is drawn anew each time', () => {
    expect(drawPicture('ABCDE')).not.toBe(drawPicture('ABCDE'))
  })
})

describe('a proof of work', () => {
  it('is taken once, however often it is sent at once', async () => {
    const proof = await solveProofOfWork(cabinet)
    const answers = Array.from({ length: 50 }, () => answer(proof))
    expect(await count('RequestOneTimePasswordSuccess', answers)).toBe(1)
    expect(await answer(proof)).toBe('CaptchaFailedError')
  })

  it('is taken from a client that adds fields of its own', async () => {
    const { captchaId, captchaAnswer } = await solveProofOfWork(cabinet)
    const sent = JSON.parse(Buffer.from(captchaAnswer, 'base64').toString())
    sent.challenge.parameters.__typename = 'ProofOfWorkParameters'
    const again = Buffer.from(JSON.stringify(sent)).toString('base64')
    expect(await answer({ captchaId, captchaAnswer: again })).toBe('RequestOneTimePasswordSuccess')
  })

  it('is refused when it is late', async () => {
    const proof = await solveProofOfWork(cabinet)
    pass(300)
    expect(await answer(proof)).toBe('CaptchaFailedError')
  })

  it.each<[string, (sent: Sent) => unknown]>([
    ['a counter that does not solve it', (sent) => ({ ...sent, solution: { ...sent.solution, counter: 4_000_000 } })],
    [
      'a key that was not derived',
      (sent) => ({ ...sent, solution: { ...sent.solution, derivedKey: '00'.repeat(32) } }),
    ],
    [
      'an easier task',
      ({ challenge, solution }) => ({
        challenge: { ...challenge, parameters: { ...challenge.parameters, cost: 1 } },
        solution,
      }),
    ],
    ['another signature', ({ challenge, solution }) => ({ challenge: { ...challenge, signature: '00' }, solution })],
    ['no solution', ({ challenge }) => ({ challenge })],
    ['something else', () => ['null']],
  ])('is refused with %s', async (_, forge) => {
    const { captchaId, captchaAnswer } = await solveProofOfWork(cabinet)
    const forged = forge(JSON.parse(Buffer.from(captchaAnswer, 'base64').toString()) as Sent)
    expect(await answer({ captchaId, captchaAnswer: Buffer.from(JSON.stringify(forged)).toString('base64') })).toBe(
      'CaptchaFailedError',
    )
    expect(await answer({ captchaId, captchaAnswer })).toBe('CaptchaFailedError')
  })

  it('is refused under the id of another task', async () => {
    const [one, another] = [await solveProofOfWork(cabinet), await solveProofOfWork(cabinet)]
    expect(await answer({ captchaId: one.captchaId, captchaAnswer: another.captchaAnswer })).toBe('CaptchaFailedError')
    for (const text of ['', 'not Base64 {', '[]', 'x'.repeat(10_000)]) {
      const { captchaId } = await solveProofOfWork(cabinet)
      expect(await answer({ captchaId, captchaAnswer: text })).toBe('CaptchaFailedError')
    }
  })
})

interface Sent {
  readonly challenge: { readonly parameters: object; readonly signature: string }
  readonly solution: object
}
