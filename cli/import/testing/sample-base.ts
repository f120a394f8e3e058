import type { TestBase } from './import-base.ts'

export const CATALOGUE = JSON.stringify({
  currency: 'RUB',
  tariffs: [
    {
      code: 'base',
      name: { ru: 'Базовый', en: 'Base' },
      monthly_fee: '300.00',
      allowances: [{ kind: 'DATA', quantity: 1024, unit: 'MEGABYTE' }],
    },
  ],
  options: [
    { code: 'tv', name: { ru: 'ТВ', en: 'TV' }, category: 'TV', fee: '10.00', period: 'MONTH' },
    { code: 'kino', name: { ru: 'Кино', en: 'Films' }, category: 'CONTENT', fee: '2.50', period: 'DAY' },
  ],
})

export const CUSTOMERS =
  'customer_ref,kind,name,language\nA,individual,Анна,ru\nB,individual,Boris,en\nC,organization,ООО,ru\n'
export const LINES_HEADER = 'msisdn,customer_ref,region,activated_on,tariff_code,balance,bonus_points'

/** Three customers, two lines. */
export const SAMPLE_BASE: TestBase = {
  'catalogue.json': CATALOGUE,
  'customers.csv': CUSTOMERS,
  'lines.csv': `${LINES_HEADER}\n+79160000001,A,Moscow,2024-01-31,base,100.50,70\n+79160000002,B,Moscow,2024-01-31,base,-20,0\n`,
  'products.csv': 'msisdn,offering_code,activated_on\n+79160000001,tv,2024-02-01\n',
}
