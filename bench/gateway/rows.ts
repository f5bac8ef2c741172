export const FAMILIES = ["CcvPayTransaction", "VoucherTransaction", "AcquirerTransaction"] as const;
export type Family = (typeof FAMILIES)[number];

export function idOf(index: number): string {
  return `txn_${String(index).padStart(12, "0")}`;
}

export function indexOf(id: string): number {
  return Number(id.slice(4));
}

export function familyOf(index: number): Family {
  return FAMILIES[index % FAMILIES.length] as Family;
}

/** Transaction number `index` with the fields of every subgraph; any number has one, and always the same. */
export function rowOf(index: number) {
  return {
    __typename: familyOf(index),
    id: idOf(index),
    provider: "bench",
    status: "SUCCESS",
    type: "SALE",
    occurredAt: "2026-03-01T12:00:00.000Z",
    reference: `ref-${index}`,
    amount: { amountMinor: String(100 + (index % 90_000)), currency: "EUR" },
    maskedPan: `************${String(index % 10_000).padStart(4, "0")}`,
    entryMode: "CONTACTLESS",
    brand: "MAESTRO",
    terminal: `ter_${index % 40}`,
    issuer: "EDENRED",
    purse: "MEAL",
    vouchers: 1 + (index % 5),
    scheme: "VISA",
    acquirerReference: `7${index}`,
    fee: { amountMinor: String(-(1 + (index % 90))), currency: "EUR" },
  };
}
