import { Field, ID } from "type-graphql";
import type { Money } from "../shared/money.ts";
import { BigIntScalar, CurrencyScalar, DateTimeScalar } from "../shared/scalars.ts";
import { MoneyType } from "../shared/subgraph/money-type.ts";
import { enumOf, Output } from "../shared/subgraph/output.ts";
import { connectionOf } from "../shared/subgraph/page-type.ts";
import {
  type FileAccount,
  type FileAttention,
  FileAttentionEnum,
  FilePreview,
  FileProgress,
  FormatDrift,
  MovedColumn,
} from "./settlement-file-findings.ts";

const FILE_STATUSES = [
  "RECEIVED",
  "PARSING",
  "PREVIEWED",
  "APPLIED",
  "PARTIALLY_APPLIED",
  "REJECTED",
  "DISCARDED",
] as const;
export type FileStatus = (typeof FILE_STATUSES)[number];
export const FileStatusEnum = enumOf("SettlementFileStatus", "How far the import of a file is.", FILE_STATUSES, {
  PREVIEWED: "Looked at and not taken; see `preview`, then apply or discard it.",
  APPLIED: "Every row is accounted for and none is in quarantine.",
  PARTIALLY_APPLIED: "Rows of it are in quarantine.",
  REJECTED: "Not taken, and no row of it was; see `problem`.",
  DISCARDED: "Not taken, because a person said so after its preview.",
});

const FILE_ORIGINS = ["UPLOAD", "INBOX", "CLI", "SAMPLES"] as const;
export type FileOrigin = (typeof FILE_ORIGINS)[number];
const FileOriginEnum = enumOf("SettlementFileOrigin", "The way a file came in.", FILE_ORIGINS);

@Output("RowCounts", "read = accepted + duplicate + quarantined + skipped, once the import is done.")
export class RowCounts {
  @Field(() => BigIntScalar, { description: "Rows in the file." })
  read!: bigint;

  @Field(() => BigIntScalar, { description: "Rows that became events or settlement lines." })
  accepted!: bigint;

  @Field(() => BigIntScalar, { description: "Rows we had already." })
  duplicate!: bigint;

  @Field(() => BigIntScalar, { description: "Rows we could not take; see `quarantined`." })
  quarantined!: bigint;

  @Field(() => BigIntScalar, { description: "Rows that are none of ours to take, each with a reason." })
  skipped!: bigint;
}

@Output("ControlTotal", "A figure that the file states about itself, and what we counted.")
export class ControlTotal {
  @Field(() => String, { description: "The provider's name of the figure." })
  name!: string;

  @Field(() => CurrencyScalar, { nullable: true, description: "Currency of an amount; null for a count." })
  currency!: string | null;

  @Field(() => BigIntScalar, { description: "What the file states; minor units for an amount." })
  expected!: bigint;

  @Field(() => BigIntScalar, { description: "What its rows add up to." })
  actual!: bigint;
}

@Output("FileTotals", "What the rows of a file book in one currency.")
export class FileTotals {
  @Field(() => MoneyType, { description: "Before fees." })
  gross!: Money;

  @Field(() => MoneyType, { description: "Fees, as a rule negative." })
  fee!: Money;

  @Field(() => MoneyType, { description: "gross + fee." })
  net!: Money;
}

@Output("QuarantinedRow", "A row that was not taken, and why. It can be taken once its problem is solved.")
export class QuarantinedRow {
  @Field(() => BigIntScalar, { description: "Line of the file, counted from 1." })
  line!: bigint;

  @Field(() => String, { description: "Kind of problem, for grouping." })
  code!: string;

  @Field(() => String, { description: "The problem, as a sentence in English." })
  problem!: string;

  @Field(() => String, { description: "The row as it stands in the file, card numbers masked." })
  raw!: string;
}

@Output("QuarantinedRowConnection", "A page of quarantined rows, in the order of the file.")
export class QuarantinedRowConnection extends connectionOf("QuarantinedRow", QuarantinedRow) {}

@Output("SkippedRows", "Rows of a file that were left out for one reason.")
export class SkippedRows {
  @Field(() => String, { description: "The reason, for grouping." })
  code!: string;

  @Field(() => BigIntScalar, { description: "How many." })
  count!: bigint;
}

@Output("SettlementFile", "A file of a provider that we received, and what became of it.")
export class SettlementFile {
  readonly merchantId!: string;

  /** Of a preview; null where the file's accounts are written down. */
  readonly foreseenAccounts!: readonly FileAccount[] | null;

  @Field(() => ID, { description: "Stable id, `fil_…`, made from its bytes: the same file twice is one." })
  id!: string;

  @Field(() => String, { description: "Its name when it came." })
  name!: string;

  @Field(() => String, { description: "SHA-256 of its bytes, 64 hexadecimal digits." })
  sha256!: string;

  @Field(() => BigIntScalar, { description: "Bytes." })
  sizeBytes!: bigint;

  @Field(() => String, { nullable: true, description: "The provider, by name; null until the file was recognised." })
  provider!: string | null;

  @Field(() => String, { nullable: true, description: "The adapter that read it; null until it was recognised." })
  adapter!: string | null;

  @Field(() => FileStatusEnum, { description: "How far its import is." })
  status!: FileStatus;

  @Field(() => String, { nullable: true, description: "Why it was rejected, as a sentence in English." })
  problem!: string | null;

  @Field(() => FileOriginEnum, { description: "The way it came in." })
  origin!: FileOrigin;

  @Field(() => DateTimeScalar, { description: "When it came in." })
  receivedAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: "When its import ended; null before." })
  finishedAt!: Date | null;

  @Field(() => RowCounts, { description: "Where its rows went." })
  counts!: RowCounts;

  @Field(() => [ControlTotal], {
    description: "Figures it states about itself; a file that does not foot is rejected.",
  })
  controlTotals!: readonly ControlTotal[];

  @Field(() => [FileTotals], { description: "What its rows book, one entry per currency." })
  totals!: readonly FileTotals[];

  @Field(() => FileProgress, {
    nullable: true,
    description: "How far the reading is, while it is read; null otherwise.",
  })
  progress!: FileProgress | null;

  @Field(() => [FileAttentionEnum], { description: "Why a person should look at it; empty if nobody need." })
  attention!: readonly FileAttention[];

  @Field(() => [FormatDrift], { description: "What its format did not have; at most fifty kinds." })
  drift!: readonly FormatDrift[];

  @Field(() => [MovedColumn], {
    description: "Columns that stand elsewhere than in the last such file; for information, they are found by name.",
  })
  movedColumns!: readonly MovedColumn[];

  @Field(() => FilePreview, { nullable: true, description: "What it would do; null unless it is PREVIEWED." })
  preview!: FilePreview | null;
}

@Output("SettlementFileConnection", "A page of files, the latest first.")
export class SettlementFileConnection extends connectionOf("SettlementFile", SettlementFile) {}
