import { AppError } from "../../subgraphs/shared/errors.ts";
import { parseMinor } from "../../subgraphs/shared/money.ts";
import type { ControlTotal, Reading, SettlementAdapter } from "../adapter.ts";
import { readingsOf } from "../readers/closed-list.ts";
import { unknownValue } from "../readers/drift.ts";
import { hasColumns, type Layout, readRecords } from "../readers/records.ts";
import { ofFile, rowOf } from "../readers/rows.ts";
import {
  amountsOf,
  CURRENCY,
  correctionEvent,
  kindOf,
  PLUXEE_COLUMNS,
  PLUXEE_OPTIONAL_COLUMNS,
  type PluxeeAmounts,
  type PluxeeRow,
  transferEvent,
  voucherEvent,
} from "../vouchers/pluxee-row.ts";
import { pluxeePurse } from "../vouchers/purses.ts";

/**
 * A statement of Pluxee Belgium. The file is modelled: Pluxee publishes none for merchants, so this layout is ours, with
 * the habits of what its cardholders get. CSV in ISO-8859-1, semicolons, header and words in Dutch and French at once,
 * `dd-mm-yyyy`, amounts as `1.234,56`, the clock of Brussels, columns in any order. One row a voucher; then a row
 * `Totaal/Total` for each payout, dated when it is paid, whose transaction is the number of its rows; then a row
 * `Einde/Fin`, whose transaction is the number of all rows before the totals. Commission and the VAT on it are taken off
 * the gross.
 */
export const adapter: SettlementAdapter = { name: "pluxee", provider: "pluxee", accepts, read };

const LAYOUT = {
  format: { delimiter: ";", encoding: "latin1" },
  required: PLUXEE_COLUMNS,
  optional: PLUXEE_OPTIONAL_COLUMNS,
  unread: () => false,
} as const satisfies Layout<keyof typeof PLUXEE_COLUMNS, keyof typeof PLUXEE_OPTIONAL_COLUMNS>;

function accepts(head: string): boolean {
  return hasColumns(head, ";", Object.values(PLUXEE_COLUMNS));
}

type Sums = { rows: bigint; gross: bigint; commission: bigint; tax: bigint; net: bigint; isClosed: boolean };

class Statement {
  readonly #payouts = new Map<string, Sums>();
  readonly #totals: ControlTotal[] = [];
  readonly #told = new Set<string>();
  #rows = 0n;
  #isEnded = false;

  take(row: PluxeeRow): readonly Reading[] {
    if (this.#isEnded)
      throw new AppError("FILE_REJECTED", `line ${row.line} stands after the end; send one statement a file`);
    const word = row.text("status").toLowerCase();
    if (/^(?:einde|fin)(?:\/|$)/.test(word)) return this.#end(row);
    if (/^(?:totaal|total)(?:\/|$)/.test(word)) return this.#close(row);
    this.#rows += 1n;
    // Summed before the rest is judged: a row with an unknown word is kept aside alone, and its payout still foots.
    return [
      ...this.#unknownPass(row),
      ...readingsOf(row, () => {
        const amounts = amountsOf(row);
        this.#count(row, amounts);
        const kind = kindOf(row);
        return kind === "correction" ? correctionEvent(row, amounts) : voucherEvent(row, kind, amounts);
      }),
    ];
  }

  totals(): readonly Reading[] {
    if (!this.#isEnded)
      throw new AppError("FILE_REJECTED", "the row Einde/Fin is missing; the file is cut, fetch it again");
    const [open] = [...this.#payouts].find(([, { isClosed }]) => !isClosed) ?? [];
    if (open !== undefined) {
      const message = `rows are paid with "${open.slice(0, 64)}", which has no row Totaal/Total; fetch the file again`;
      throw new AppError("FILE_REJECTED", message);
    }
    return this.#totals.map((total) => ({ kind: "control", total }));
  }

  /** A voucher of a pass that we do not know is still money, so it is taken. */
  #unknownPass(row: PluxeeRow): readonly Reading[] {
    const pass = row.text("product");
    if (pass === "" || pluxeePurse(pass) !== "UNKNOWN" || this.#told.has(pass)) return [];
    this.#told.add(pass);
    return [unknownValue("product", pass, row.line)];
  }

  #of(payout: string): Sums {
    const sums = this.#payouts.get(payout) ?? {
      rows: 0n,
      gross: 0n,
      commission: 0n,
      tax: 0n,
      net: 0n,
      isClosed: false,
    };
    this.#payouts.set(payout, sums);
    return sums;
  }

  #count(row: PluxeeRow, { gross, commission, tax, net }: PluxeeAmounts): void {
    if (row.text("payout") === "") return;
    const sums = this.#of(row.text("payout"));
    sums.rows += 1n;
    sums.gross += gross;
    sums.commission += commission;
    sums.tax += tax;
    sums.net += net;
  }

  #close(row: PluxeeRow): readonly Reading[] {
    const payout = row.text("payout");
    const declared = ofFile(row.line, () => amountsOf(row));
    const sums = this.#of(payout);
    if (payout === "" || sums.isClosed) {
      throw new AppError("FILE_REJECTED", `line ${row.line} sums no payout, or one that has its sum; fetch it again`);
    }
    sums.isClosed = true;
    const total = (name: keyof PluxeeAmounts): ControlTotal => {
      return { name: `${name} of payout ${payout}`, currency: CURRENCY, expected: declared[name], actual: sums[name] };
    };
    this.#totals.push(
      { name: `rows of payout ${payout}`, expected: countOf(row), actual: sums.rows },
      ...(["gross", "commission", "tax", "net"] as const).map(total),
    );
    return [rowOf(row, () => transferEvent(row, declared))];
  }

  #end(row: PluxeeRow): readonly Reading[] {
    this.#isEnded = true;
    this.#totals.push({ name: "rows", expected: countOf(row), actual: this.#rows });
    return [];
  }
}

function countOf(row: PluxeeRow): bigint {
  return ofFile(row.line, () => parseMinor(row.text("transaction"), CURRENCY).amountMinor);
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const statement = new Statement();
  for await (const { drift, records } of readRecords(file, LAYOUT)) {
    const readings = [...drift, ...records.flatMap((row) => statement.take(row))];
    if (readings.length > 0) yield readings;
  }
  yield statement.totals();
}
