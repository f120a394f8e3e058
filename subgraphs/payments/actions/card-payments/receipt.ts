import type { Amount, Receipt } from '../../../../platform/acquirer/acquirer.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'

/**
 * What the tax office hears of money that comes onto a line: an advance for services, by federal law 54-FZ. Receipts
 * are in Russian, whatever the customer's language.
 */
export function advanceReceipt(amount: Amount, customerPhone: string, policies: PaymentsPolicies): Receipt {
  return {
    customerPhone,
    taxSystemCode: policies['receipt.taxSystemCode'],
    items: [
      {
        description: 'Аванс за услуги связи',
        amount,
        vatCode: policies['receipt.vatCode'],
        subject: 'payment',
        mode: 'advance',
      },
    ],
  }
}
