import type { JobStore } from "../../../subgraphs/shared/jobs/backend.ts";
import type { Crash } from "./crash.ts";

/** What a process of the crash tests is told, as JSON in its first argument. */
export type ProcessSettings = {
  readonly url: string;
  /** Where received files are stored. */
  readonly files: string;
  readonly store: JobStore;
  readonly prefix: string;
  readonly leaseSeconds: number;
  readonly crash?: Crash;
  /** Of a gateway: the file with its supergraph. */
  readonly supergraph?: string;
};

export function readSettings(): ProcessSettings {
  return JSON.parse(process.argv[2] ?? "") as ProcessSettings;
}
