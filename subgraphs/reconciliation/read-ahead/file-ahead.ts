import type { Progress } from "../import/lease.ts";
import type { StagedPart, StagingOrder } from "../import/staged-file.ts";

/** Reads files for their imports, in threads that can be ended: an adapter that never ends ends nothing else. */
export type ReadAhead = {
  /** `onProgress` is told how far the reading is, each second that the import waits for it or goes on with it. */
  readonly begin: (sha256: string, onProgress: (progress: Progress) => Promise<void>) => FileAhead;
  /** Has a thread load its code while the first file still comes in, which would wait for it otherwise. */
  readonly warmUp: () => void;
  readonly close: () => Promise<void>;
};

/** A file that is read for its import. */
export type FileAhead = {
  /** Waits until the adapter was chosen. Throws FILE_REJECTED where it never is. */
  readonly begun: () => Promise<void>;
  /**
   * Reads the file's rows, once. A chunk's memory is used again as soon as the next part is asked for. Throws what
   * `stageFile` throws, and FILE_REJECTED where the adapter was ended.
   */
  readonly stage: (order: StagingOrder) => AsyncIterable<StagedPart>;
  /** To be called in the end, however the import went. */
  readonly release: () => void;
};
