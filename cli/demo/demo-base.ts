import { DEMO_OPTIONS, DEMO_TARIFFS } from './catalogue.ts'
import { demoCompanyName, demoName } from './names.ts'
import { createRandom, type Random } from './random.ts'

/** Owns four lines with tariffs, options and points, and may see and pay for a line of another account. */
export const DEMO_PHONE = '+79160000000'
/** One of a thousand lines that belong to a company. */
export const DEMO_COMPANY_PHONE = '+79260000000'
/** The person who owns that company, with a line of their own. */
export const DEMO_COMPANY_OWNER_PHONE = '+79160000010'

type Row = readonly (string | number)[]

/** The rows of the demo, by the file that they go to. */
export interface DemoRows {
  readonly customers: Row[]
  readonly members: Row[]
  readonly lines: Row[]
  readonly access: Row[]
  readonly products: Row[]
  readonly topUps: Row[]
}

const SEED = 20_261_122
const FAMILIES = 260
const SINGLES = 725
const COMPANIES = 8
const COMPANY_LINES = 1_000
const FAMILY_ALIASES = ['Я', 'Дача', 'Дочь', 'Сын', 'Модем'] as const
const REGIONS = ['Москва', 'Санкт-Петербург', 'Новосибирск', 'Казань', 'Екатеринбург', 'Владивосток'] as const
const TARIFF_CODES = DEMO_TARIFFS.map(({ code }) => code) as [string, ...string[]]
const OPTION_CODES = DEMO_OPTIONS.map(({ code }) => code)

/** A base of some thousand accounts in the shape of real ones; the same rows every time. */
export function createDemoRows(): DemoRows {
  const demo = new DemoBase(createRandom(SEED))
  demo.addKnownFamily()
  demo.addBigCompany()
  for (let index = 1; index < FAMILIES; index += 1) demo.addFamily()
  for (let index = 0; index < SINGLES; index += 1) demo.addSingle()
  for (let index = 1; index < COMPANIES; index += 1) demo.addCompany(index)
  return demo.rows
}

interface LineWishes {
  readonly msisdn?: string
  readonly tariff?: string
  readonly balance?: string
  readonly points?: number
  readonly options?: readonly string[]
  readonly alias?: string
}

class DemoBase {
  readonly rows: DemoRows = { customers: [], members: [], lines: [], access: [], products: [], topUps: [] }
  readonly #random: Random
  #customerCount = 0
  /** Numbers under 9160000100 are given by name. */
  #nextPhone = 9_160_000_100

  constructor(random: Random) {
    this.#random = random
  }

  addKnownFamily(): void {
    const owner = this.#customer({ name: 'Анна Иванова', language: 'ru' })
    const options = ['internet-20', 'zashchita', 'kino']
    this.#line(owner, {
      msisdn: DEMO_PHONE,
      tariff: 'vsyo-vklyucheno',
      balance: '1250.40',
      points: 480,
      options,
      alias: 'Я',
    })
    this.#line(owner, {
      msisdn: '+79160000001',
      tariff: 'detskiy',
      balance: '85.00',
      points: 12,
      options: ['roditelskiy-kontrol'],
      alias: 'Дочь',
    })
    this.#line(owner, {
      msisdn: '+79160000002',
      tariff: 'modem',
      balance: '-42.50',
      points: 0,
      options: [],
      alias: 'Модем',
    })
    this.#line(owner, {
      msisdn: '+79160000003',
      tariff: 'razgovornyy-2014',
      balance: '0.00',
      points: 90,
      options: ['gudok'],
      alias: 'Дача',
    })
    const grandmother = this.#customer({ name: 'Мария Соколова', language: 'ru' })
    this.#line(grandmother, { msisdn: '+79160000004', tariff: 'nachalo', balance: '310.00', points: 55, options: [] })
    const husband = this.#customer({ name: 'James Smith', language: 'en' })
    this.#line(husband, {
      msisdn: '+79160000005',
      tariff: 'bez-granits',
      balance: '540.00',
      points: 130,
      options: ['noch'],
    })
    this.rows.access.push(['+79160000004', owner, 'VIEW+PAY', '', 'Бабушка'])
    this.rows.access.push(['+79160000001', husband, 'VIEW+PAY+MANAGE', '', 'Daughter'])
    this.rows.access.push([DEMO_PHONE, husband, 'VIEW', '2036-01-01T00:00:00Z', 'Anna'])
  }

  addBigCompany(): void {
    const company = this.#customer({ name: demoCompanyName(0), language: 'ru' }, 'organization')
    const roles = ['OWNER', 'ADMINISTRATOR', 'ACCOUNTANT', 'USER']
    for (const [index, role] of roles.entries()) {
      const person = this.#customer(demoName(this.#random))
      this.#line(person, { msisdn: `+${79_160_000_010 + index}` })
      this.rows.members.push([company, person, role])
    }
    for (let index = 0; index < COMPANY_LINES; index += 1) {
      this.#line(company, {
        msisdn: `+${79_260_000_000 + index}`,
        tariff: this.#random.chance(0.9) ? 'delovoy' : 'modem',
      })
    }
  }

  addFamily(): void {
    const owner = this.#customer(demoName(this.#random))
    const size = this.#random.between(2, 5)
    for (const alias of FAMILY_ALIASES.slice(0, size)) this.#line(owner, { alias })
  }

  addSingle(): void {
    this.#line(this.#customer(demoName(this.#random)), {})
  }

  addCompany(index: number): void {
    const company = this.#customer({ name: demoCompanyName(index), language: 'ru' }, 'organization')
    const size = this.#random.between(3, 20)
    for (let line = 0; line < size; line += 1) this.#line(company, { tariff: 'delovoy' })
    const owner = this.#customer(demoName(this.#random))
    this.#line(owner, {})
    this.rows.members.push([company, owner, 'OWNER'])
  }

  #customer(
    { name, language }: { name: string; language: 'ru' | 'en' },
    kind: 'individual' | 'organization' = 'individual',
  ): string {
    this.#customerCount += 1
    const ref = `DEMO-${String(this.#customerCount).padStart(5, '0')}`
    this.rows.customers.push([ref, kind, name, language])
    return ref
  }

  #line(ref: string, wishes: LineWishes): void {
    const random = this.#random
    const msisdn = wishes.msisdn ?? this.#phone()
    const activatedOn = `${random.between(2010, 2025)}-${pad(random.between(1, 12))}-${pad(random.between(1, 28))}`
    const isNamed = wishes.options !== undefined
    this.rows.lines.push([
      msisdn,
      ref,
      random.pick(REGIONS),
      activatedOn,
      wishes.tariff ?? random.pick(TARIFF_CODES),
      wishes.balance ?? this.#balance(),
      wishes.points ?? (random.chance(0.3) ? 0 : random.between(1, 900)),
      isNamed ? 'ACTIVE' : this.#status(),
      wishes.alias ?? '',
    ])
    const options = wishes.options ?? OPTION_CODES.filter(() => random.chance(0.12))
    for (const option of options) this.rows.products.push([msisdn, option, activatedOn])
    if (!isNamed && random.chance(0.25)) this.#topUp(msisdn)
  }

  #phone(): string {
    this.#nextPhone += this.#random.between(1, 9)
    return `+7${this.#nextPhone}`
  }

  /** One in eight owes, one in eight has nothing. */
  #balance(): string {
    const random = this.#random
    const shape = random.between(1, 8)
    if (shape === 1) return `-${random.between(1, 290)}.${pad(random.between(0, 99))}`
    return shape === 2 ? '0.00' : `${random.between(5, 2_500)}.${pad(random.between(0, 99))}`
  }

  #status(): string {
    const shape = this.#random.between(1, 100)
    if (shape <= 5) return 'BLOCKED'
    return shape === 6 ? 'CLOSED' : 'ACTIVE'
  }

  #topUp(msisdn: string): void {
    const random = this.#random
    const at = `2026-${pad(random.between(1, 10))}-${pad(random.between(1, 28))}T${pad(random.between(6, 22))}:${pad(random.between(0, 59))}:00Z`
    this.rows.topUps.push([`demo-${this.rows.topUps.length + 1}`, msisdn, `${random.between(1, 20) * 50}.00`, at])
  }
}

function pad(number: number): string {
  return String(number).padStart(2, '0')
}
