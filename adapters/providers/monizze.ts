import { AppError } from "../../subgraphs/shared/errors.ts";
import type { ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf } from "../../subgraphs/shared/money.ts";
import type { Reading, Row, SettlementAdapter } from "../adapter.ts";
import { withoutPersonalData } from "../readers/card.ts";
import { readingsOf } from "../readers/closed-list.ts";
import { unknownRecord, unknownValue } from "../readers/drift.ts";
import { exactOf } from "../readers/exact.ts";
import { type JsonItem, readJsonItems } from "../readers/json-items.ts";
import { ofFile } from "../readers/rows.ts";
import { exactFee, monizzeEvent } from "../vouchers/monizze-event.ts";
import { MonizzePayouts } from "../vouchers/monizze-payouts.ts";
import { MONIZZE_FIELDS, MonizzeHeader, MonizzeItem, MonizzePayout } from "../vouchers/monizze-statement.ts";
import { monizzePurse } from "../vouchers/purses.ts";

/**
 * A statement of Monizze. The file is modelled: Monizze publishes none for merchants, so this layout is ours, made of
 * its invoice (transactions, fees, amounts paid) and of the shape its own pages have. One JSON object; the header's
 * fields stand before `data`, which has one list a purse, and `payouts` stands last:
 *
 *     {"statementId","merchantNumber","period":{"from","to"},"currency","data":{"emv":[…],"eco":[…],"ecv":[…]},"payouts":[…]}
 *
 * Fees have parts of a cent, since the least is € 0.045: a payout is rounded once, and what rounding line by line makes
 * of it is booked as ROUNDING, so that a payout is the sum of its lines. Rows are numbered as they stand in the
 * document, which may be written on one line.
 */
export const adapter: SettlementAdapter = { name: "monizze", provider: "monizze", accepts, read };

function accepts(head: string): boolean {
  return (
    /^(?:\u00ef\u00bb\u00bf)?\s*\{/.test(head) &&
    ['"statementId"', '"merchantNumber"'].every((key) => head.includes(key))
  );
}

/** The vouchers of each purse and the payouts, one by one; everything else as it stands. */
function isWanted(path: JsonItem["path"]): boolean {
  if (path[0] === "data") return path.length === 3;
  return path.length === (path[0] === "payouts" ? 2 : 1);
}

type Source = { readonly line: number; readonly raw: string };

class Statement {
  readonly #fields = new Map<string, unknown>();
  readonly #payouts = new MonizzePayouts();
  readonly #told = new Set<string>();
  #known: MonizzeHeader | undefined;
  #row = 0;

  take(item: JsonItem): readonly Reading[] {
    const [section, purse] = item.path.map(String);
    if (item.path.length === 1) return this.#field(section!, item);
    const header = this.#header(item.line);
    const source = this.#next(item.raw);
    const drift = this.#unknownFields(item.value, source.line);
    if (section === "payouts") return [...drift, ...this.#payout(source, item.value, header)];
    if (monizzePurse(purse!) === "UNKNOWN" && this.#isNew(`purse ${purse}`)) {
      drift.push(unknownValue("purse", purse!, source.line));
    }
    return [...drift, ...readingsOf(source, () => this.#voucher(item.value, purse!, header))];
  }

  end(): readonly Reading[] {
    this.#header(1);
    return this.#payouts.totals().map((total) => ({ kind: "control", total }));
  }

  /** A list that we do not know may carry money, so it is kept aside. */
  #field(name: string, { raw, line, value }: JsonItem): readonly Reading[] {
    if (this.#fields.has(name)) throw new AppError("FILE_REJECTED", `line ${line} has "${name}" twice; fetch it again`);
    this.#fields.set(name, value);
    if (Object.hasOwn(MonizzeHeader.shape, name)) return [];
    if (typeof value !== "object") {
      return [{ kind: "drift", drift: { what: "UNKNOWN_COLUMN", name, line: this.#row + 1 } }];
    }
    const source = this.#next(raw);
    const problem = `the section "${name.slice(0, 40)}" is not known; add it to the adapter`;
    return [unknownRecord("section", name, source.line), { kind: "rejected", ...source, problem }];
  }

  #next(raw: string): Source {
    this.#row += 1;
    return { line: this.#row, raw: withoutPersonalData(raw) };
  }

  #header(line: number): MonizzeHeader {
    if (this.#known) return this.#known;
    const parsed = MonizzeHeader.safeParse(Object.fromEntries(this.#fields));
    if (!parsed.success) {
      const message = `line ${line} stands before statementId, merchantNumber, period and currency, or one is missing`;
      throw new AppError("FILE_REJECTED", `${message}; fetch the statement again`, { cause: parsed.error });
    }
    this.#known = { ...parsed.data, currency: ofFile(line, () => currencyOf(parsed.data.currency)) };
    return this.#known;
  }

  #unknownFields(value: unknown, line: number): Reading[] {
    const names = typeof value === "object" && value !== null ? Object.keys(value) : [];
    const fresh = names.filter((name) => !MONIZZE_FIELDS.has(name) && this.#isNew(name));
    return fresh.map((name) => ({ kind: "drift", drift: { what: "UNKNOWN_COLUMN", name, line } }));
  }

  #isNew(name: string): boolean {
    return this.#told.size < this.#told.add(name).size;
  }

  #voucher(value: unknown, purse: string, header: MonizzeHeader): ProviderEvent {
    const item = MonizzeItem.parse(value);
    const amount = { gross: exactOf(item.amount), fee: exactFee(item) };
    if (item.payoutRef) this.#payouts.count(item.payoutRef, header, amount);
    const event = monizzeEvent(item, purse, header);
    if (item.payoutRef && event.booking) {
      this.#payouts.book(item.payoutRef, header, amount.gross + amount.fee, event.booking.net.amountMinor);
    }
    return event;
  }

  #payout(source: Source, value: unknown, header: MonizzeHeader): readonly Row[] {
    const parsed = MonizzePayout.safeParse(value);
    if (!parsed.success) {
      const message = `row ${source.line} is not the payout that a statement has there; fetch the statement again`;
      throw new AppError("FILE_REJECTED", message, { cause: parsed.error });
    }
    const events = ofFile(source.line, () => this.#payouts.close(parsed.data, header));
    return events.map((event, index): Row => {
      return { kind: "event", ...(index === 0 ? source : this.#next(source.raw)), event };
    });
  }
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const statement = new Statement();
  for await (const items of readJsonItems(file, isWanted)) {
    const readings = items.flatMap((item) => statement.take(item));
    if (readings.length > 0) yield readings;
  }
  yield statement.end();
}
