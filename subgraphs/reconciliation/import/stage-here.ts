import type { Progress } from "./lease.ts";
import { type FileToStage, stageFile } from "./stage-file.ts";
import { memoryOf, type StagedPart } from "./staged-file.ts";
import type { StoredFile } from "./stored-file.ts";

type FileHere = Pick<FileToStage, "adapter" | "families" | "order"> & {
  readonly stored: StoredFile;
  /** Called each second. */
  readonly onProgress: (progress: Progress) => Promise<void>;
};

/**
 * Reads a file's rows in the thread of its import, where nobody ends an adapter that does not end. A chunk's memory is
 * used again as soon as the next part is asked for.
 */
export async function* stageHere({ stored, onProgress, ...file }: FileHere): AsyncGenerator<StagedPart> {
  const spare: ArrayBuffer[] = [];
  let toldAt = Date.now();
  const tell = async (rows: bigint) => {
    if (Date.now() - toldAt < PROGRESS_MS) return;
    toldAt = Date.now();
    await onProgress({ rows, bytes: stored.bytesRead() });
  };
  for await (const part of stageFile({ ...file, bytes: stored.read(), spare, onProgress: tell })) {
    yield part;
    if (part.kind === "chunk") spare.push(...memoryOf(part));
  }
}

const PROGRESS_MS = 1_000;
