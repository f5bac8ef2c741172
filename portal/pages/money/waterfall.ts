import type { PayoutDetailQuery } from "../../generated/pages/money/money.ts";

export type PayoutDetail = NonNullable<PayoutDetailQuery["payouts"]>["edges"][number]["node"];
type Kind = NonNullable<PayoutDetail["parts"]>[number]["kind"];
type ResidualType = NonNullable<PayoutDetail["residuals"]>[number]["type"];

export type BarName =
  | "gross"
  | "fees"
  | "refunds"
  | "chargebacks"
  | "other"
  | ResidualType
  | "payout"
  | "beside"
  | "bank";

/** One step from what shoppers paid to what the bank booked. */
export type Bar = {
  readonly name: BarName;
  readonly amountMinor: bigint;
  /** Where it begins and ends on the scale of the sums so far; a total begins at zero. */
  readonly from: bigint;
  readonly to: bigint;
  readonly isTotal: boolean;
  /** What its lines book; none where it has no lines. */
  readonly kinds: readonly Kind[];
};

const REFUNDS: readonly Kind[] = ["REFUND", "REFUND_REVERSAL"];
const CHARGEBACKS: readonly Kind[] = ["CHARGEBACK", "CHARGEBACK_REVERSAL", "SECOND_CHARGEBACK"];
const SALES: readonly Kind[] = ["SALE", "CAPTURE", "CREDIT"];

const RESIDUALS: readonly (readonly [ResidualType, readonly Kind[]])[] = [
  ["FEE_INVOICE", ["FEE", "COLLECTION"]],
  ["RESERVE", ["RESERVE_HOLD", "RESERVE_RELEASE"]],
  ["CARRY_FORWARD", ["BALANCE_TRANSFER"]],
  ["ROUNDING", ["ROUNDING"]],
  ["UNEXPLAINED", []],
];

/** Every cent from gross to bank: each step begins where the one before it ended. */
export function waterfallOf({ parts, residuals, amount, bankEntries }: PayoutDetail): readonly Bar[] {
  const all = parts ?? [];
  const grossOf = (test: (kind: Kind) => boolean) =>
    all.filter(({ kind }) => test(kind)).reduce((sum, { gross }) => sum + BigInt(gross.amountMinor), 0n);
  const kindsOf = (test: (kind: Kind) => boolean) => all.map(({ kind }) => kind).filter(test);
  const isOther = (kind: Kind) => ![...SALES, ...REFUNDS, ...CHARGEBACKS].includes(kind);
  const steps: { name: BarName; amountMinor: bigint; kinds: readonly Kind[] }[] = [];
  const step = (name: BarName, amountMinor: bigint, kinds: readonly Kind[]) => {
    if (amountMinor !== 0n || name === "gross") steps.push({ name, amountMinor, kinds });
  };
  const grouped = (name: BarName, test: (kind: Kind) => boolean) => step(name, grossOf(test), kindsOf(test));
  grouped("gross", (kind) => SALES.includes(kind));
  const withFee = all.filter(({ fee }) => fee.amountMinor !== "0");
  step(
    "fees",
    withFee.reduce((sum, { fee }) => sum + BigInt(fee.amountMinor), 0n),
    withFee.map(({ kind }) => kind),
  );
  grouped("refunds", (kind) => REFUNDS.includes(kind));
  grouped("chargebacks", (kind) => CHARGEBACKS.includes(kind));
  grouped("other", isOther);
  for (const [type, kinds] of RESIDUALS) {
    const mine = (residuals ?? []).filter((residual) => residual.type === type);
    step(
      type,
      mine.reduce((sum, residual) => sum + BigInt(residual.amount.amountMinor), 0n),
      kinds,
    );
  }
  const bars: Bar[] = [];
  let sum = 0n;
  for (const each of steps) {
    bars.push({ ...each, from: sum, to: sum + each.amountMinor, isTotal: each.name === "gross" });
    sum += each.amountMinor;
  }
  const paid = BigInt(amount.amountMinor);
  bars.push({ name: "payout", amountMinor: paid, from: 0n, to: paid, isTotal: true, kinds: [] });
  const entries = bankEntries ?? [];
  if (entries.length === 0) return bars;
  const bank = entries.reduce((total, entry) => total + BigInt(entry.amount.amountMinor), 0n);
  if (bank !== paid) {
    bars.push({ name: "beside", amountMinor: bank - paid, from: paid, to: bank, isTotal: false, kinds: [] });
  }
  bars.push({ name: "bank", amountMinor: bank, from: 0n, to: bank, isTotal: true, kinds: [] });
  return bars;
}

/** Where a bar stands in the width of the chart, in percent. */
export function placesOf(bars: readonly Bar[]): readonly { readonly left: number; readonly width: number }[] {
  const ends = [0n, ...bars.flatMap(({ from, to }) => [from, to])].sort(ascending);
  const lowest = ends[0] ?? 0n;
  const range = (ends.at(-1) ?? 0n) - lowest || 1n;
  const percent = (value: bigint) => Number((value * 100_000n) / range) / 1_000;
  return bars.map(({ from, to }) => {
    const [start = 0n, end = 0n] = [from, to].sort(ascending);
    return { left: percent(start - lowest), width: percent(end - start) };
  });
}

function ascending(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
