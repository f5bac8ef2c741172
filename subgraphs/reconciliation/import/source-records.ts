import { maskCards } from "../../shared/card-detector.ts";
import type { Transaction } from "../../shared/database/scope.ts";

/** A row of a file that did not become a fact, and why. */
export type SourceRecord = {
  readonly lineNumber: bigint;
  readonly disposition: "DUPLICATE" | "QUARANTINED" | "SKIPPED";
  readonly code: string;
  readonly problem: string;
  readonly raw: string;
  readonly contentHash: string | null;
};

/**
 * Keeps rows that were not taken. Their raw text stays with them, so that a person can judge without the file; a card
 * number that a provider left in it does not.
 */
export async function keepSourceRecords(
  transaction: Transaction,
  merchantId: string,
  fileId: string,
  records: readonly SourceRecord[],
): Promise<void> {
  if (records.length === 0) return;
  const column = <K extends keyof SourceRecord>(key: K) => records.map((record) => record[key]);
  await transaction.query(KEEP, [
    merchantId,
    fileId,
    column("lineNumber").map(String),
    column("disposition"),
    column("code"),
    column("problem").map((problem) => maskCards(problem).text),
    column("raw").map((raw) => maskRow(raw.slice(0, RAW_LIMIT))),
    column("contentHash"),
  ]);
}

/** A card number may be spread over two cells of a row, each of them harmless by itself. */
function maskRow(raw: string): string {
  const { text } = maskCards(raw);
  const joined = maskCards(text.replaceAll(/(?<=\d{4} ?)"?[,;|\t]"?(?= ?\d{4})/g, " "));
  return joined.found > 0 ? joined.text : text;
}

const RAW_LIMIT = 64 * 1024;

const KEEP = `
  insert into reconciliation.source_record (merchant_id, file_id, line_number, disposition, code, problem, raw,
    content_hash)
  select $1, $2, * from unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])`;
