import type { TransactionStatus } from "../subgraphs/shared/vocabulary.ts";
import { LineFile } from "./line-file.ts";
import type { Place, Purchase } from "./purchase.ts";

/**
 * The answer sheet: one line per settlement row (`kind: "line"`, its transaction or null for fees and payouts), then one
 * per transaction (`kind: "transaction"`). A scorer joins them with what was matched by file name and line number.
 */
export class Truth {
  readonly #file: LineFile;
  readonly #settled = new Set<string>();
  readonly #sources = new Map<string, Place>();
  readonly #journal = new Map<string, Place>();

  constructor(path: string) {
    this.#file = new LineFile(path);
  }

  /** A settlement row and the purchase it is money of. */
  settles(place: Place, purchase: Purchase | undefined): void {
    if (purchase) this.#settled.add(purchase.key);
    const note = purchase?.note;
    this.#file.write(
      JSON.stringify({ kind: "line", ...place, transaction: purchase?.key ?? null, ...(note && { note }) }),
    );
  }

  /** A row of a provider's own file that tells of the purchase, settled or not; told of what no terminal saw. */
  tells(place: Place, purchase: Purchase): void {
    this.#sources.set(purchase.key, place);
  }

  journals(place: Place, purchase: Purchase): void {
    this.#journal.set(purchase.key, place);
  }

  close(purchases: readonly Purchase[]): void {
    const byOriginal = new Map<string, Purchase[]>();
    for (const purchase of purchases) {
      const key = purchase.original?.key;
      if (key !== undefined) byOriginal.set(key, [...(byOriginal.get(key) ?? []), purchase]);
    }
    for (const purchase of purchases) {
      this.#file.write(JSON.stringify(this.#transaction(purchase, byOriginal.get(purchase.key) ?? [])));
    }
    this.#file.close();
  }

  #transaction(purchase: Purchase, followUps: readonly Purchase[]) {
    const { terminal } = purchase;
    const journal = this.#journal.get(purchase.key);
    const source = this.#sources.get(purchase.key);
    return {
      kind: "transaction",
      key: purchase.key,
      family: purchase.family,
      provider: purchase.provider,
      account: purchase.account,
      type: purchase.type,
      reference: purchase.reference,
      ...(terminal && { terminal }),
      localTime: purchase.time,
      amount: String(purchase.amountMinor),
      finalStatus: this.#statusOf(purchase, followUps),
      known: purchase.known,
      ...(purchase.original && { original: purchase.original.key }),
      ...(purchase.note && { note: purchase.note }),
      ...(journal ? { journal } : source && { source }),
    };
  }

  #statusOf(purchase: Purchase, followUps: readonly Purchase[]): TransactionStatus {
    if (purchase.result !== "approved") return STATUSES[purchase.result];
    if (purchase.family !== "CCV_PAY" && !this.#settled.has(purchase.key)) return "PROCESSING";
    const sum = (type: Purchase["type"]) =>
      followUps
        .filter((each) => each.type === type && (each.family === "CCV_PAY" || this.#settled.has(each.key)))
        .reduce((total, { amountMinor }) => total + amountMinor, 0n);
    if (sum("CHARGEBACK") > sum("CHARGEBACK_REVERSAL")) return "CHARGEBACK";
    return sum("REFUND") >= purchase.amountMinor ? "REFUNDED" : "SUCCESS";
  }
}

const STATUSES = {
  refused: "REFUSED",
  cancelled: "CANCELLED",
  failed: "FAILED",
  manual_intervention: "MANUAL_INTERVENTION",
} as const;
