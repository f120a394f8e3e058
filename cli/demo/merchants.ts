import type { BulkMerchant } from '../../subgraphs/payments/bulk/merchants.ts'

/** Those who can be paid in the demo; the stand-in answers for each of them. */
export const DEMO_MERCHANTS: readonly BulkMerchant[] = [
  {
    id: 'home-internet',
    name: { ru: 'Домашний интернет «Луч»', en: 'Luch home internet' },
    referenceLabel: { ru: 'Номер договора', en: 'Contract number' },
    referencePattern: '\\d{6,10}',
    referenceExample: '0012345678',
    amountMin: 10_00n,
    amountMax: 15_000_00n,
    feePermille: 0,
  },
  {
    id: 'parking',
    name: { ru: 'Городские парковки', en: 'City parking' },
    referenceLabel: { ru: 'Номер машины', en: 'Number plate' },
    referencePattern: '[АВЕКМНОРСТУХ]\\d{3}[АВЕКМНОРСТУХ]{2}\\d{2,3}',
    referenceExample: 'А123ВС77',
    amountMin: 10_00n,
    amountMax: 3_000_00n,
    feePermille: 20,
  },
  {
    id: 'water',
    name: { ru: 'Водоканал', en: 'Water company' },
    referenceLabel: { ru: 'Лицевой счёт', en: 'Customer account' },
    referencePattern: '\\d{8}',
    referenceExample: '10203040',
    amountMin: 1_00n,
    amountMax: 15_000_00n,
    feePermille: 10,
  },
]
