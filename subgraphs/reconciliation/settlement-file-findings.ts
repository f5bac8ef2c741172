import { Field, ID } from "type-graphql";
import { BigIntScalar, DateScalar } from "../shared/scalars.ts";
import { enumOf, Output } from "../shared/subgraph/output.ts";
import type { DriftCount } from "./import/drift-tally.ts";
import type { Preview } from "./import/preview.ts";

const FILE_ATTENTIONS = ["REJECTED", "QUARANTINE", "DRIFT", "CLOCK_AHEAD", "REPLAY_REFUSED", "WRONG_SENDER"] as const;
export type FileAttention = (typeof FILE_ATTENTIONS)[number];
export const FileAttentionEnum = enumOf(
  "SettlementFileAttention",
  "Why a person should look at a file.",
  FILE_ATTENTIONS,
  {
    REJECTED: "It was not taken; see `problem`.",
    QUARANTINE: "Rows of it could not be taken; see `quarantined`.",
    DRIFT: "Its format has changed; see `drift`.",
    CLOCK_AHEAD: "Something in it is dated later than when it came.",
    WRONG_SENDER:
      "Its sender may not send files of that provider or account: a key is in the wrong hands; see `problem`.",
    REPLAY_REFUSED: "Read again, it was refused, and it stands as before; see `problem`.",
  },
);

const DRIFT_KINDS = ["UNKNOWN_COLUMN", "UNKNOWN_RECORD", "UNKNOWN_VALUE"] as const;
const DriftKindEnum = enumOf("FormatDriftKind", "What a format did not have.", DRIFT_KINDS, {
  UNKNOWN_COLUMN: "A column or a field.",
  UNKNOWN_RECORD: "A kind of record.",
  UNKNOWN_VALUE: "A word of a closed list.",
});

@Output("FormatDrift", "Something in a file that its format did not have when its adapter was written.")
export class FormatDrift {
  @Field(() => DriftKindEnum, { description: "What it is." })
  kind!: DriftCount["what"];

  @Field(() => String, { description: "Where it stands: the column, the record's place, the field." })
  name!: string;

  @Field(() => String, { nullable: true, description: "The word that is not known; null for a column." })
  value!: string | null;

  @Field(() => BigIntScalar, { description: "How often it was met." })
  count!: bigint;

  @Field(() => BigIntScalar, { description: "Line where it was met first, counted from 1." })
  firstLine!: bigint;
}

@Output("MovedColumn", "A column that stands elsewhere than in the last good file of its adapter.")
export class MovedColumn {
  @Field(() => String, { description: "Its name." })
  column!: string;

  @Field(() => BigIntScalar, { description: "Where it stood, counted from 1." })
  from!: number;

  @Field(() => BigIntScalar, { description: "Where it stands." })
  to!: number;
}

@Output("FileProgress", "How far the reading of a file is.")
export class FileProgress {
  @Field(() => BigIntScalar, { description: "Rows read." })
  rows!: bigint;

  @Field(() => BigIntScalar, { description: "Bytes read, of `sizeBytes`." })
  bytes!: bigint;
}

@Output("FileAccount", "An account that a file is about, and the days of it that it tells of.")
export class FileAccount {
  @Field(() => String, { description: "The provider, by name; `bank` for statements." })
  provider!: string;

  @Field(() => String, { description: "The account, as the provider or the bank writes it." })
  account!: string;

  @Field(() => DateScalar, { nullable: true, description: "The first day." })
  firstDate!: string | null;

  @Field(() => DateScalar, { nullable: true, description: "The last day." })
  lastDate!: string | null;
}

@Output("PreviewKind", "Rows of one kind that a file would bring.")
class PreviewKind {
  @Field(() => String, { description: "Kind of event, or `BANK_ENTRY`." })
  kind!: string;

  @Field(() => BigIntScalar, { description: "How many." })
  rows!: bigint;
}

@Output("PreviewProblem", "A row that could not be taken.")
class PreviewProblem {
  @Field(() => BigIntScalar, { description: "Line of the file, counted from 1." })
  line!: bigint;

  @Field(() => String, { description: "Kind of problem, for grouping." })
  code!: string;

  @Field(() => String, { description: "The problem, as a sentence in English." })
  problem!: string;
}

@Output("PreviewReason", "Rows that could not be taken for one reason, such as an account that nobody mapped.")
class PreviewReason {
  @Field(() => String, { description: "Kind of problem, for grouping." })
  code!: string;

  @Field(() => String, { description: "The problem, as a sentence in English." })
  problem!: string;

  @Field(() => BigIntScalar, { description: "How many rows." })
  rows!: bigint;
}

@Output("PreviewKnownRows", "Rows that an earlier file brought already.")
class PreviewKnownRows {
  @Field(() => ID, { description: "The earlier file." })
  fileId!: string;

  @Field(() => String, { nullable: true, description: "Its name; null if it is not yours to see." })
  fileName!: string | null;

  @Field(() => BigIntScalar, { description: "How many." })
  rows!: bigint;
}

@Output("SettlementFilePreview", "What a file would do, beside the counts, totals and drift that every file has.")
export class FilePreview {
  @Field(() => [PreviewKind], { description: "What it would bring, the most frequent kind first." })
  kinds!: readonly PreviewKind[];

  @Field(() => [PreviewProblem], { description: "The first twenty rows that could not be taken." })
  problems!: readonly PreviewProblem[];

  @Field(() => [PreviewReason], { description: "Why rows could not be taken, the most frequent reason first." })
  reasons!: readonly PreviewReason[];

  @Field(() => [PreviewKnownRows], { description: "Earlier files that brought rows of it already." })
  knownFrom!: readonly PreviewKnownRows[];
}

/** Numbers are text in JSON, so that none of them passes through a float. */
type AsText<T> = T extends bigint ? string : T extends object ? { readonly [K in keyof T]: AsText<T[K]> } : T;
export type StoredPreview = AsText<Omit<Preview, "accounts"> & Partial<Pick<Preview, "accounts">>>;

export function previewOf({ kinds, problems, reasons, knownFrom }: StoredPreview): FilePreview {
  return {
    kinds: kinds.map(({ kind, rows }) => ({ kind, rows: BigInt(rows) })),
    problems: problems.map(({ line, ...problem }) => ({ line: BigInt(line), ...problem })),
    reasons: reasons.map(({ rows, ...reason }) => ({ rows: BigInt(rows), ...reason })),
    knownFrom: knownFrom.map(({ fileId, name, rows }) => ({ fileId, fileName: name, rows: BigInt(rows) })),
  };
}

export function driftOf({ what, name, value, count, firstLine }: DriftCount): FormatDrift {
  return { kind: what, name, value: value ?? null, count: BigInt(count), firstLine: BigInt(firstLine) };
}
