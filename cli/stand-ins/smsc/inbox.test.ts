import { mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readCliEnvironment } from '../../../platform/environment.ts'
import { watchedLogger } from '../../../platform/testing/log-watch.ts'
import { runChild } from '../../testing/child.ts'
import { insertAccount, phone } from '../../testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../testing/test-cabinet.ts'
import { addToInbox, inboxFile, readInbox, trimInbox } from './inbox.ts'
import { openSms, type Sms } from './open-sms.ts'

const PATIENCE = { timeout: 15_000, interval: 50 }

describe('the inbox of a developer', () => {
  let stateDirectory: string
  let sms: Sms
  let cabinet: TestCabinet

  beforeAll(async () => {
    stateDirectory = mkdtempSync(path.join(tmpdir(), 'cabinet-inbox-'))
    sms = await openSms(readCliEnvironment({ CABINET_STATE_DIRECTORY: stateDirectory }), watchedLogger)
    cabinet = await openTestCabinet({ sms: sms.transport })
    for (const number of [1, 2]) {
      const id = await insertAccount(cabinet.database, { number })
      await cabinet.database.sql('insert into accounts.contact values ($1, $2, now())', [id, phone(number)])
      await cabinet.database.sql(
        `insert into accounts.notice (account_id, id, kind, parameters, created_at)
         values ($1, $1, 'IDENTITY_ATTACHED', '{"provider": "vk"}', now())`,
        [id],
      )
    }
    await vi.waitFor(() => expect(readInbox(inboxFile(stateDirectory))).toHaveLength(2), PATIENCE)
  })

  afterAll(async () => {
    await cabinet.close()
    await sms.close()
    rmSync(stateDirectory, { recursive: true })
  })

  const TEXT = 'К личному кабинету привязан вход через внешний сервис «vk».'
  const inbox = (...args: string[]) =>
    runChild('cli/main.ts', ['inbox', ...args], { CABINET_STATE_DIRECTORY: stateDirectory })

  it('is printed by a command, of all numbers or of one', async () => {
    const all = await inbox()
    expect(all.output.match(new RegExp(TEXT, 'g'))).toHaveLength(2)
    const one = await inbox('--phone', phone(2).slice(2))
    expect(one.output).toContain(`${phone(2)}  Cabinet: ${TEXT}`)
    expect(one.output).not.toContain(phone(1))
    expect((await inbox('--phone', 'nonsense')).exitCode).toBe(1)
  })

  it('is shown on a page of this machine, to whoever asks for it by this machine’s name', async () => {
    const url = new URL(sms.inboxUrl ?? '')
    expect(await (await fetch(url)).text()).toContain(`<td>${phone(1)}</td><td>Cabinet</td><td>${TEXT}`)
    const statusFor = (host: string) =>
      new Promise((resolve) => {
        get(url, { headers: { host } }, (response) => resolve(response.resume().statusCode))
      })
    expect(await statusFor(url.host)).toBe(200)
    expect(await statusFor('rebound.example')).toBe(404)
  })

  it('tells the cabinet that the messages were delivered', async () => {
    const statuses = () => cabinet.database.sql('select status from accounts.message')
    await vi.waitFor(
      async () => expect(await statuses()).toEqual([{ status: 'DELIVERED' }, { status: 'DELIVERED' }]),
      PATIENCE,
    )
  })

  it('is not there in production', async () => {
    const { exitCode, errorOutput } = await runChild('cli/main.ts', ['inbox'], { NODE_ENV: 'production' })
    expect({ exitCode, errorOutput }).toEqual({ exitCode: 1, errorOutput: expect.stringContaining('for development') })
    await expect(openSms(readCliEnvironment({ NODE_ENV: 'production' }), watchedLogger)).rejects.toThrow('SMSC_URL')
  })

  it('keeps the newest messages only', () => {
    const file = path.join(stateDirectory, 'another.jsonl')
    const at = '2026-11-22T10:00:00.000Z'
    for (const text of ['one', 'two', 'three']) addToInbox(file, { at, phone: phone(1), sender: 'Cabinet', text })
    trimInbox(file, 2)
    expect(readInbox(file).map(({ text }) => text)).toEqual(['two', 'three'])
  })
})
