import { LineFile } from "../../simulator/line-file.ts";
import { Random } from "../../simulator/random.ts";
import {
  addJournal,
  type JournalFacts,
  journalEnd,
  journalHeader,
  journalLine,
} from "../../simulator/writers/terminal-journal.ts";

/** Writes a terminal journal of exactly `rows` payments, every reference used once; the same seed gives the same bytes. */
export function writeJournalVolume(path: string, rows: number, account: string): void {
  const random = new Random(1);
  const file = new LineFile(path);
  const totals = { count: 0, amounts: new Map<string, bigint>() };
  file.write(
    journalHeader({ merchant: "bench", from: "2026-11-02", to: "2026-11-15", generatedAt: "2026-11-16T03:00:00Z" }),
  );
  for (let index = 0; index < rows; index += 1) {
    const second = Math.trunc((index * 14 * 86_400) / rows);
    const number = String(index).padStart(10, "0");
    const facts: JournalFacts = {
      terminal: "70000001",
      time: new Date(Date.UTC(2026, 10, 2) + second * 1_000).toISOString().slice(0, 19),
      circuit: "ADYEN",
      account,
      type: "sale",
      status: "success",
      amountMinor: BigInt(random.int(180, 9_900)),
      currency: "EUR",
      brand: "visa",
      authCode: random.digits(6),
      stan: number.slice(-6),
      pspReference: `JRNPSP${number}`,
    };
    addJournal(totals, facts);
    file.write(journalLine(facts));
  }
  file.write(journalEnd(totals));
  file.close();
}
