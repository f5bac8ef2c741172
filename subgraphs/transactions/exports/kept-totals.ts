import type { Totals } from "../totals.ts";

/** Totals as JSON keeps them, which has no whole numbers as large as ours: minor units and counts as texts. */
export type KeptTotals = readonly {
  readonly currency: string;
  readonly count: string;
  /** Not in those that were kept before it was counted. */
  readonly manualCount?: string;
  readonly amounts: Readonly<Record<Figure, string | null>>;
}[];

const FIGURES = ["gross", "manualGross", "refunded", "chargedBack", "credited", "pending", "fees", "net"] as const;
export type Figure = (typeof FIGURES)[number];

export function totalsToKeep(totals: readonly Totals[]): KeptTotals {
  return totals.map((each) => ({
    currency: each.currency,
    count: `${each.count}`,
    manualCount: `${each.manualCount}`,
    amounts: Object.fromEntries(
      FIGURES.map((figure) => [figure, each[figure] === null ? null : `${each[figure].amountMinor}`]),
    ) as KeptTotals[number]["amounts"],
  }));
}

export function keptTotals(kept: KeptTotals): readonly Totals[] {
  return kept.map(({ currency, count, manualCount = "0", amounts }) => {
    const money = (figure: Figure) => ({ amountMinor: BigInt(amounts[figure] ?? "0"), currency });
    const moneyOrNull = (figure: "fees" | "net") => (amounts[figure] === null ? null : money(figure));
    return {
      currency,
      count: BigInt(count),
      manualCount: BigInt(manualCount),
      gross: money("gross"),
      manualGross: money("manualGross"),
      refunded: money("refunded"),
      chargedBack: money("chargedBack"),
      credited: money("credited"),
      pending: money("pending"),
      fees: moneyOrNull("fees"),
      net: moneyOrNull("net"),
    };
  });
}
