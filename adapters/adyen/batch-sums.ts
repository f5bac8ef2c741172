import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Reading } from "../adapter.ts";

type Batch = { readonly account: string; readonly batch: string; readonly currency: string };
type Sum = Batch & { net: bigint };

/** Σ net per account, batch and currency, over every row whose amount can be read, rejected ones included. */
export class BatchSums {
  readonly #sums = new Map<string, Sum>();
  /** Rows of a batch stand together. */
  #last: Sum | undefined;

  /** Throws INVALID_INPUT for a row that is of no batch. */
  add({ account, batch, currency }: Batch, net: bigint): void {
    if (batch === "") throw new AppError("INVALID_INPUT", "the row has no batch number; it belongs to no settlement");
    let sum = this.#last;
    if (sum?.batch !== batch || sum.account !== account || sum.currency !== currency) {
      const key = `${account}|${batch}|${currency}`;
      sum = this.#sums.get(key) ?? { account, batch, currency, net: 0n };
      this.#sums.set(key, sum);
      this.#last = sum;
    }
    sum.net += net;
  }

  controlTotals(): readonly Reading[] {
    const sums = [...this.#sums.values()];
    const severalAccounts = new Set(sums.map(({ account }) => account)).size > 1;
    return sums.map(({ account, batch, currency, net }): Reading => {
      const name = `batch ${batch}${severalAccounts ? ` of ${account}` : ""} nets to zero`;
      return { kind: "control", total: { name, currency, expected: 0n, actual: net } };
    });
  }
}
