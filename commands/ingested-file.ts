import type { DataSource } from "typeorm";
import type { Preview } from "../subgraphs/reconciliation/import/preview.ts";
import { inScope } from "../subgraphs/shared/database/scope.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import { ADMINISTRATOR } from "./administer.ts";

export type IngestedFile = {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  /** True when the same bytes were there before; nothing was changed then. */
  readonly alreadyKnown: boolean;
  readonly status: string;
  readonly problem: string | null;
  /** What it would do; null unless it was previewed only. Counts are text. */
  readonly preview: Preview | null;
  /** How far the reading is, while it is read. */
  readonly rowsSoFar: bigint;
  readonly rows: Readonly<Record<"read" | "accepted" | "duplicate" | "quarantined" | "skipped", bigint>>;
  readonly reasons: readonly { readonly code: string; readonly problem: string; readonly rows: bigint }[];
};

/** What became of a file that was received. */
export async function readIngested(
  database: DataSource,
  merchantId: string,
  received: { readonly id: string; readonly isNew: boolean },
): Promise<IngestedFile> {
  return inScope(database, { merchants: [merchantId], user: ADMINISTRATOR }, async (transaction) => {
    const [row] = await transaction.query<FileRow>(FILE, [merchantId, received.id]);
    if (!row) throw new AppError("NOT_FOUND", `file ${received.id} is gone`);
    const reasons = await transaction.query<IngestedFile["reasons"][number]>(REASONS, [merchantId, received.id]);
    return {
      id: received.id,
      name: row.name,
      sha256: row.sha256,
      alreadyKnown: !received.isNew,
      status: row.status,
      problem: row.problem,
      preview: row.preview,
      rowsSoFar: row.progress_rows,
      rows: {
        read: row.rows_read,
        accepted: row.rows_accepted,
        duplicate: row.rows_duplicate,
        quarantined: row.rows_quarantined,
        skipped: row.rows_skipped,
      },
      reasons,
    };
  });
}

/** Says it to a person. */
export function describeIngested(say: (line: string) => void, file: IngestedFile): void {
  const { name, alreadyKnown, status, problem, preview, rows, reasons } = file;
  if (alreadyKnown) say(`${name}: already have it, nothing changed (file ${file.id})`);
  else say(`${name}: ${status.toLowerCase().replaceAll("_", " ")} (file ${file.id})`);
  if (problem !== null) say(`  ${problem}`);
  say(
    `  ${rows.read} rows: ${rows.accepted} accepted, ${rows.duplicate} duplicate, ${rows.quarantined} quarantined, ${rows.skipped} skipped`,
  );
  for (const { kind, rows: count } of preview?.kinds ?? []) say(`  would bring ${count} ${kind}`);
  for (const { name: from, fileId, rows: count } of preview?.knownFrom ?? []) {
    say(`  has ${count} rows that ${from ?? fileId} brought`);
  }
  for (const { code, problem: why, rows: count } of preview?.reasons ?? reasons) say(`  ${count} ${code}: ${why}`);
}

type FileRow = {
  name: string;
  sha256: string;
  preview: Preview | null;
  status: string;
  problem: string | null;
  progress_rows: bigint;
  rows_read: bigint;
  rows_accepted: bigint;
  rows_duplicate: bigint;
  rows_quarantined: bigint;
  rows_skipped: bigint;
};

const FILE = `
  select name, sha256, status, problem, preview, progress_rows, rows_read, rows_accepted, rows_duplicate, rows_quarantined, rows_skipped
  from reconciliation.source_file where merchant_id = $1 and id = $2`;

const REASONS = `
  select code, problem, count(*) as rows from reconciliation.source_record
  where merchant_id = $1 and file_id = $2 and disposition = 'QUARANTINED'
  group by code, problem order by rows desc, code, problem limit 20`;
