import { formatDecimal } from "../../subgraphs/shared/money.ts";

export type MonizzePeriod = {
  readonly statement: string;
  readonly merchant: string;
  readonly from: string;
  readonly to: string;
};

/** One voucher; `amountMinor` is negative where money goes back, `feeThousandths` are thousandths of a euro and take its sign. */
export type MonizzeFacts = {
  readonly purse: string;
  readonly id: string;
  /** Clock of Brussels, "YYYY-MM-DD HH:MM:SS". */
  readonly time: string;
  readonly terminal: string;
  readonly amountMinor: bigint;
  readonly requestedMinor?: bigint;
  readonly feeThousandths: bigint;
  readonly state: string;
  readonly payout?: string;
  readonly authCode?: string;
  readonly maskedPan?: string;
  readonly original?: string;
  readonly ticket?: string;
  readonly detail?: string;
};

export type MonizzeTransfer = { readonly reference: string; readonly valueDate: string; readonly iban: string };

/** A whole statement. Each payout sums its vouchers exactly and is rounded once, half a cent away from zero. */
export function monizzeStatement(
  { statement, merchant, from, to }: MonizzePeriod,
  facts: readonly MonizzeFacts[],
  transfers: readonly MonizzeTransfer[],
): string {
  const purses = [...new Set(["emv", "eco", "ecv", ...facts.map(({ purse }) => purse)])];
  const data = purses.map((purse) => [purse, facts.filter((each) => each.purse === purse).map(itemOf)] as const);
  const document = {
    ...{ statementId: statement, merchantNumber: merchant, period: { from, to }, currency: "EUR" },
    data: Object.fromEntries(data),
    payouts: transfers.map((transfer) => payoutOf(transfer, facts)),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/** One percent of a meal voucher and € 0.045 at least; 2.75 percent of the others; in thousandths, rounded. */
export function monizzeFee(purse: string, amountMinor: bigint): bigint {
  const sign = amountMinor < 0n ? -1n : 1n;
  const size = amountMinor * sign;
  const fee = purse === "emv" ? (size * 10n + 50n) / 100n : (size * 275n + 500n) / 1_000n;
  return sign * (purse === "emv" && fee < 45n ? 45n : fee);
}

function itemOf(facts: MonizzeFacts) {
  const { id, time, terminal, amountMinor, requestedMinor, feeThousandths, state, payout } = facts;
  return {
    ...{ id, date: time, terminal, amount: cents(amountMinor) },
    requestedAmount: requestedMinor === undefined ? undefined : cents(requestedMinor),
    ...{ fee: thousandths(feeThousandths), detail: facts.detail ?? "", state, payoutRef: payout ?? null },
    ...{ authCode: facts.authCode, card: facts.maskedPan, originalId: facts.original, ticket: facts.ticket },
  };
}

function payoutOf({ reference, valueDate, iban }: MonizzeTransfer, facts: readonly MonizzeFacts[]) {
  const own = facts.filter(({ payout }) => payout === reference);
  const gross = own.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const fees = own.reduce((sum, { feeThousandths }) => sum + feeThousandths, 0n);
  const exact = gross * 10n - fees;
  const net = (exact + (exact < 0n ? -5n : 5n)) / 10n;
  return { payoutRef: reference, valueDate, iban, gross: cents(gross), fees: thousandths(fees), net: cents(net) };
}

function cents(amountMinor: bigint): string {
  return formatDecimal({ amountMinor, currency: "EUR" });
}

/** The dinar has three decimals, as the fees have. */
function thousandths(amount: bigint): string {
  return formatDecimal({ amountMinor: amount, currency: "BHD" });
}
