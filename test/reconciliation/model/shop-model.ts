export type Told = "processing" | "success" | "failed" | "refused" | "cancelled" | "manual_intervention";

/** Where a settlement line is: in no file, in a file that no run has seen, or given to its transaction. */
type Line = "NONE" | "WAITING" | "CLAIMED";

export type Purchase = {
  readonly number: number;
  readonly amount: number;
  readonly fee: number;
  /** Whether the terminal names the provider's reference, or only the card scheme's. */
  readonly namedBy: "PSP" | "ARN";
  readonly told: Set<Told>;
  line: Line;
  /** Told of by its scheme reference alone, after its line had made a transaction: two until the next run. */
  apart: boolean;
  readonly returns: Return[];
};

export type ReturnKind = "REFUND" | "CHARGEBACK" | "CHARGEBACK_REVERSAL";
export type Return = { readonly kind: ReturnKind; readonly amount: number; line: "WAITING" | "CLAIMED" };

/** What a merchant should see of one transaction; amounts in minor units. */
export type Seen = {
  readonly type: string;
  readonly amount: number;
  readonly status: string;
  readonly captured: number;
  readonly refunded: number;
  readonly chargedBack: number;
  readonly fee: number | null;
  readonly net: number | null;
};

/** A shop as a careful clerk would keep it by hand: no database, no matching, no order of arrival. */
export class ShopModel {
  readonly purchases: Purchase[] = [];
  readonly files: { readonly content: string; readonly rewritten?: string }[] = [];
  batches = 0;

  buy(namedBy: Purchase["namedBy"]): Purchase {
    const number = this.purchases.length + 1;
    // No two alike, so that a row that is seen can be told by its amount.
    const purchase: Purchase = {
      number,
      amount: 1_000 + number * 7,
      fee: 10 + (number % 5),
      namedBy,
      told: new Set(),
      line: "NONE",
      apart: false,
      returns: [],
    };
    this.purchases.push(purchase);
    return purchase;
  }

  tell(purchase: Purchase, status: Told): void {
    if (purchase.told.size === 0 && purchase.namedBy === "ARN" && purchase.line === "CLAIMED") purchase.apart = true;
    purchase.told.add(status);
  }

  reconcile(): void {
    for (const purchase of this.purchases) {
      if (purchase.line === "WAITING") purchase.line = "CLAIMED";
      purchase.apart = false;
      for (const each of purchase.returns) each.line = "CLAIMED";
    }
  }

  seen(): Seen[] {
    return this.purchases.flatMap((purchase) => [
      ...salesOf(purchase),
      ...purchase.returns.filter(({ line }) => line === "CLAIMED").map(seenReturn),
    ]);
  }
}

function salesOf(purchase: Purchase): Seen[] {
  if (purchase.apart) {
    return [
      sale(purchase, { told: new Set(), settled: true, linked: true }),
      sale(purchase, { told: purchase.told, settled: false, linked: false }),
    ];
  }
  const settled = purchase.line === "CLAIMED";
  if (!settled && purchase.told.size === 0) return [];
  // A return names the provider's reference; only its line tells whose that is when the terminal did not.
  return [sale(purchase, { told: purchase.told, settled, linked: settled || purchase.namedBy === "PSP" })];
}

type Evidence = { readonly told: ReadonlySet<Told>; readonly settled: boolean; readonly linked: boolean };

function sale({ amount, fee, returns }: Purchase, { told, settled, linked }: Evidence): Seen {
  const base = baseOf(told, settled);
  const gone = (kind: ReturnKind) =>
    returns
      .filter((each) => linked && each.line === "CLAIMED" && each.kind === kind)
      .reduce((sum, each) => sum + each.amount, 0);
  const refunded = gone("REFUND");
  const chargedBack = gone("CHARGEBACK") - gone("CHARGEBACK_REVERSAL");
  return {
    type: "SALE",
    amount,
    status: statusOf(base, { amount, refunded, chargedBack }),
    captured: base === "SUCCESS" ? amount : 0,
    refunded,
    chargedBack,
    fee: settled ? -fee : null,
    net: settled ? amount - fee : null,
  };
}

function baseOf(told: ReadonlySet<Told>, settled: boolean): string {
  if (told.has("cancelled")) return "CANCELLED";
  if (told.has("refused")) return "REFUSED";
  if (settled || told.has("success")) return "SUCCESS";
  if (told.has("manual_intervention")) return "MANUAL_INTERVENTION";
  return told.has("failed") ? "FAILED" : "PROCESSING";
}

function statusOf(
  base: string,
  { amount, refunded, chargedBack }: Readonly<Record<"amount" | "refunded" | "chargedBack", number>>,
): string {
  if (base !== "SUCCESS") return base;
  if (chargedBack > 0) return "CHARGEBACK";
  return refunded >= amount ? "REFUNDED" : "SUCCESS";
}

function seenReturn({ kind, amount }: Return): Seen {
  const net = kind === "CHARGEBACK_REVERSAL" ? amount : -amount;
  return { type: kind, amount, status: "SUCCESS", captured: amount, refunded: 0, chargedBack: 0, fee: 0, net };
}
