import { CopyWriter } from "../../shared/store/copy-writer.ts";
import { LineSums } from "../../shared/store/line-sums.ts";
import type { BankRow } from "./bank-entries.ts";
import type { SourceRecord } from "./source-records.ts";
import type { StagingWriters } from "./stage-event.ts";
import type { StagedChunk } from "./staged-file.ts";

export type ChunkWriter = {
  /** Where to write the rows of the chunk at hand. */
  readonly writers: StagingWriters;
  /** Where to write what is not to be sent. */
  readonly discard: () => StagingWriters;
  readonly addEntry: (entry: BankRow) => void;
  readonly addRecord: (record: SourceRecord) => void;
  readonly isFull: () => boolean;
  /** Gives the chunk at hand away and begins the next. */
  readonly take: () => StagedChunk;
};

/** Gathers a file's rows until they are worth sending. Entries of a bank and rows that were not taken go with the others. */
export function createChunkWriter(spare: ArrayBuffer[]): ChunkWriter {
  const writers = newWriters();
  let scratch: StagingWriters | undefined;
  let entries: BankRow[] = [];
  let records: SourceRecord[] = [];
  const memory = () => spare.pop();
  return {
    writers,
    discard: () => {
      scratch ??= newWriters();
      scratch.lines.clear();
      scratch.reports.clear();
      scratch.sums.take();
      return scratch;
    },
    addEntry: (entry) => void entries.push(entry),
    addRecord: (record) => void records.push(record),
    isFull: () =>
      writers.lines.rows + writers.reports.rows >= CHUNK_ROWS || entries.length + records.length >= MOST_OTHERS,
    take: () => {
      const { lines, sums, reports } = writers;
      const others = { sums: sums.take(), entries, records };
      entries = [];
      records = [];
      return { kind: "chunk", lines: lines.handOver(memory), reports: reports.handOver(memory), ...others };
    },
  };
}

function newWriters(): StagingWriters {
  return { lines: new CopyWriter(), sums: new LineSums(), reports: new CopyWriter() };
}

const CHUNK_ROWS = 5_000;
const MOST_OTHERS = 4_000;
