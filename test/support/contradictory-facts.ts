import fc from "fast-check";
import { mapProviderAccount } from "../../subgraphs/accounts/register.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import type { ProviderEvent } from "../../subgraphs/shared/event.ts";
import type { Ledger, Shop } from "./ledger.ts";

/** Random facts that contradict each other: of everything that matching looks at there are so few values that most meet. */

const KINDS = [
  ...(["SALE", "SALE", "SALE", "REFUND", "CAPTURE", "AUTHORISATION", "CANCELLATION", "CREDIT"] as const),
  ...(["CHARGEBACK", "SECOND_CHARGEBACK", "CHARGEBACK_REVERSAL", "REFUND_REVERSAL"] as const),
];
const few = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });

const PROVIDERS = {
  adyen: { family: "ACQUIRER", account: (shop: Shop) => shop.adyen },
  edenred: { family: "E_VOUCHER", account: (shop: Shop) => shop.edenred },
  "ccv-pay": { family: "CCV_PAY", account: (shop: Shop) => `l_${shop.id.slice("mer_".length)}` },
  worldline: { family: "ACQUIRER", account: (shop: Shop) => `w_${shop.id}` },
} as const;

/** Gives a shop the account that not every shop has, at a second provider of one family. */
export async function openAccount(ledger: Ledger, shop: Shop): Promise<void> {
  const mapping = { merchantId: shop.id, provider: "worldline", account: PROVIDERS.worldline.account(shop) };
  await inScope(ledger.services.database, { merchants: [shop.id], user: "user:test" }, (transaction) =>
    mapProviderAccount(transaction, mapping, "user:test"),
  );
}

export const fact = fc.record({
  kind: few(...KINDS),
  provider: few<keyof typeof PROVIDERS>("adyen", "adyen", "adyen", "worldline", "edenred", "ccv-pay"),
  reported: fc.boolean(),
  settled: fc.boolean(),
  reference: maybe(few("R1", "R2", "R3", "R4")),
  localReference: maybe(few("L1", "L2")),
  originalReference: maybe(few("R1", "R2", "R3", "R4")),
  minor: few(1000n, 1000n, 600n, 400n, 250n, 250_000n),
  currency: few("EUR", "EUR", "EUR", "USD"),
  processing: maybe(few("EUR", "USD")),
  wrongWay: few(false, false, false, true),
  outcome: few(
    "SUCCESS",
    "SUCCESS",
    "PROCESSING",
    "PROCESSING",
    "REFUSED",
    "FAILED",
    "CANCELLED",
    "MANUAL_INTERVENTION",
  ),
  doubted: few(false, true),
  sequence: maybe(few(1n, 2n)),
  minute: few(0, 1, 30, 2000),
  batch: few("B1", "B1", "B2"),
  payout: maybe(few("P1", "P2")),
  arn: maybe(few("74000000000000000000001", "74000000000000000000002")),
  rrn: maybe(few("000000000001", "000000000002")),
  stan: maybe(few("000001", "000002")),
  authorisationCode: maybe(few("A11111", "B22222")),
  merchantReference: maybe(few("order 1", "order 2")),
  ticket: maybe(few("ticket 1", "ticket 2")),
  last4: maybe(few("1111", "2222")),
  terminal: few(false, false, true),
});
export type Fact = typeof fact extends fc.Arbitrary<infer T> ? T : never;
export type Told = Partial<Fact> & { readonly kind: Fact["kind"] };

/** What a fact says where a test does not. */
const PLAIN: Omit<Fact, "kind"> = {
  ...({ provider: "adyen", reported: false, settled: true, wrongWay: false, terminal: false } as const),
  ...({ outcome: "PROCESSING", doubted: true, minor: 1000n, currency: "EUR", minute: 0, batch: "B1" } as const),
  ...({
    reference: undefined,
    localReference: undefined,
    originalReference: undefined,
    processing: undefined,
  } as const),
  ...({ sequence: undefined, payout: undefined, arn: undefined, rrn: undefined, stan: undefined } as const),
  ...({ authorisationCode: undefined, merchantReference: undefined, ticket: undefined, last4: undefined } as const),
};

const SIGNS: Readonly<Record<string, bigint>> = { REFUND: -1n, CREDIT: -1n, CHARGEBACK: -1n, SECOND_CHARGEBACK: -1n };

/** `number` tells it from other facts of the shop. */
export function eventOf(shop: Shop, fact: Told, number: number): ProviderEvent {
  const told = { ...PLAIN, ...fact };
  const { kind, minor, currency } = told;
  const { family, account } = PROVIDERS[told.provider];
  const sign = (SIGNS[kind] ?? 1n) * (told.wrongWay ? -1n : 1n);
  const money = (amountMinor: bigint, code = currency) => ({ amountMinor, currency: code });
  const ofShop = (key: string | undefined) => key && `${shop.id} ${key}`;
  return given({
    kind,
    family,
    provider: told.provider,
    account: account(shop),
    identity: `fact ${number}`,
    reference: ofShop(told.reference),
    localReference: ofShop(told.localReference),
    originalReference: ofShop(told.originalReference),
    terminal: told.terminal ? shop.terminal : undefined,
    occurredAt: { at: new Date(Date.UTC(2026, 9, 30, 10, told.minute)), ambiguous: false },
    amount: money(minor),
    outcome: told.reported
      ? given({
          status: told.outcome,
          certainty:
            told.doubted && ["PROCESSING", "FAILED", "MANUAL_INTERVENTION"].includes(told.outcome)
              ? "INDETERMINATE"
              : "DEFINITIVE",
          sequence: told.sequence,
        })
      : undefined,
    booking:
      told.settled || !told.reported
        ? given({
            batch: told.batch,
            bookingDate: "2026-11-01",
            payoutReference: told.payout,
            gross: money(sign * minor),
            fees: { markup: -3n },
            net: money(sign * minor - 3n),
            processingAmount: told.processing && money(minor, told.processing),
          })
        : undefined,
    payment: given({
      type: family === "E_VOUCHER" ? "VOUCHER" : "CARD",
      method: family === "E_VOUCHER" ? "meal_voucher" : "visa",
      arn: told.arn,
      rrn: told.rrn,
      stan: told.stan,
      authorisationCode: told.authorisationCode,
      merchantReference: told.merchantReference,
      ticket: told.ticket,
      last4: told.last4,
    }),
    voucher: family === "E_VOUCHER" ? { issuer: "EDENRED", purse: "MEAL" } : undefined,
    rawStatus: "told",
  }) as ProviderEvent;
}

/** Without what is undefined. */
function given(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
