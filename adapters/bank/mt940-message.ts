import { AppError } from "../../subgraphs/shared/errors.ts";
import { currencyOf, type Money } from "../../subgraphs/shared/money.ts";
import type { Reading, Row } from "../adapter.ts";
import { ofFile } from "../readers/rows.ts";
import { closing, Identities, numbered } from "./entries.ts";
import type { Mt940Field } from "./mt940-fields.ts";
import { balanceOf, statementLine } from "./mt940-line.ts";
import { paymentText } from "./mt940-text.ts";

/** Where a message is: what may follow depends on it. */
type Stage = "start" | "open" | "closed";

/** One message of the file, from its `:20:` to what follows its closing balance. */
export class Mt940Message {
  readonly #line: number;
  readonly #reference: string;
  readonly #identities = new Identities();
  #stage: Stage = "start";
  #account = "";
  #number = "";
  /** An MT942, which tells of the day so far and has no balances. */
  #isInterim = false;
  #opening: Money | undefined;
  #booked = 0n;
  #entries = 0;
  #entry: Mt940Field | undefined;
  #text: string[] = [];

  constructor({ line, lines }: Mt940Field) {
    this.#line = line;
    this.#reference = lines.join("").trim();
  }

  /** The readings that this field completes. Throws FILE_REJECTED for a field that may not stand here. */
  take(field: Mt940Field): readonly Reading[] {
    switch (field.tag) {
      case "61":
        return this.#nextEntry(field);
      case "86":
        if (this.#entry) this.#text.push(...field.lines);
        return [];
      case "60F":
      case "60M":
        this.#open(field);
        return [];
      case "62F":
      case "62M":
        return this.#close(field);
      default:
        return this.#head(field);
    }
  }

  /** At the end of the message. Throws FILE_REJECTED where its closing balance is missing. */
  end(): readonly Reading[] {
    const rows = this.#flush();
    if (this.#isInterim) return [...rows, ...this.#nothing()];
    if (this.#stage === "closed") return [];
    const message = `line ${this.#line}: the statement has no ${this.#opening ? "closing" : "opening"} balance`;
    throw new AppError("FILE_REJECTED", `${message}; the file is cut or damaged, fetch it again`);
  }

  #head({ tag, line, lines }: Mt940Field): readonly Reading[] {
    const isHead = /^2[158]/.test(tag);
    if (isHead && this.#stage !== "start") throw misplaced(tag, line);
    if (tag.startsWith("25")) {
      if (this.#account !== "") throw misplaced(tag, line);
      this.#account = accountIn(tag === "25P" ? lines.slice(0, 1) : lines);
    } else if (tag.startsWith("28")) {
      this.#number = lines.join("").trim();
    } else if (/^(?:13|34|90)/.test(tag)) {
      if (this.#stage !== "start") throw misplaced(tag, line);
      this.#isInterim = true;
    }
    return [];
  }

  #open({ tag, line, lines }: Mt940Field): void {
    if (this.#stage !== "start" || this.#isInterim) throw misplaced(tag, line);
    if (this.#account === "") throw new AppError("FILE_REJECTED", `line ${line}: the statement names no account`);
    this.#opening = ofFile(line, () => balanceOf(lines.join(""), currencyOf));
    this.#stage = "open";
  }

  #close({ tag, line, lines }: Mt940Field): readonly Reading[] {
    const rows = this.#flush();
    const opening = this.#opening;
    if (this.#stage !== "open" || !opening) throw misplaced(tag, line);
    this.#stage = "closed";
    const last = ofFile(line, () => balanceOf(lines.join(""), currencyOf));
    if (last.currency !== opening.currency) {
      const message = `line ${line}: the statement opens in ${opening.currency} and closes in ${last.currency}`;
      throw new AppError("FILE_REJECTED", `${message}; the file is damaged, fetch it again`);
    }
    const name = `${this.#statement} of ${this.#account}`;
    return [
      ...rows,
      ...this.#nothing(),
      ...numbered(this.#number, { account: this.#account, date: last.date }),
      closing(name, { opening, booked: this.#booked, closing: last }),
    ];
  }

  #nextEntry(field: Mt940Field): readonly Row[] {
    if (this.#stage === "closed" || (this.#stage === "start" && !this.#isInterim)) throw misplaced("61", field.line);
    const rows = this.#flush();
    this.#entry = field;
    this.#entries += 1;
    return rows;
  }

  #flush(): readonly Row[] {
    const entry = this.#entry;
    const text = this.#text;
    this.#entry = undefined;
    this.#text = [];
    return entry ? [this.#row(entry, text)] : [];
  }

  #row({ line, lines }: Mt940Field, text: readonly string[]): Row {
    // What a bank writes behind a gap, and on a second line, can be a name.
    const raw = `:61:${(lines[0] ?? "").split(/\s{2,}/)[0]}`;
    if (this.#isInterim) {
      return { kind: "skipped", line, raw, reason: "a report of the day: the entry comes again in the statement" };
    }
    try {
      const { currency } = this.#opening!;
      const { ownReference, bankReference, ...rest } = statementLine(lines, currency);
      this.#booked += rest.amount.amountMinor;
      const payment = paymentText(text);
      const endToEndId = payment.endToEndId ?? (SEE_TEXT.test(ownReference ?? "") ? undefined : ownReference);
      const identity = this.#identities.of(bankReference);
      return {
        kind: "bank",
        line,
        raw,
        entry: {
          account: this.#account,
          statement: this.#statement,
          ...rest,
          ...payment,
          ...(endToEndId !== undefined && { endToEndId }),
          ...(identity !== undefined && { identity }),
        },
      };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { kind: "rejected", line, raw, problem: error.message };
    }
  }

  get #statement(): string {
    return [this.#reference, this.#number].filter((part) => part !== "").join(" ");
  }

  #nothing(): readonly Row[] {
    if (this.#entries > 0) return [];
    return [
      { kind: "skipped", line: this.#line, raw: `:20:${this.#reference}`, reason: "the statement has no entries" },
    ];
  }
}

/** Says that the reference stands in the text, under that word. */
const SEE_TEXT = /^[EKMP]REF\+?$/;

/** Without blanks, and without the currency that some banks put behind the number. */
function accountIn(lines: readonly string[]): string {
  return lines
    .join("")
    .replaceAll(/\s/g, "")
    .replace(/(?<=\d)[A-Z]{3}$/, "");
}

function misplaced(tag: string, line: number): AppError {
  const message = `line ${line}: the field :${tag}: stands where it may not; the file is cut or damaged, fetch it again`;
  return new AppError("FILE_REJECTED", message);
}
