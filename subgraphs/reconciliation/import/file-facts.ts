import type { ControlTotal, Reading } from "../../../adapters/adapter.ts";
import { createDriftTally, type DriftFound } from "./drift-tally.ts";
import { keptLayout } from "./layout.ts";

/** What a file says about itself, beside its rows. */
export type FileFacts = {
  readonly controlTotals: readonly ControlTotal[];
  readonly drift: DriftFound;
  /** The header's columns, where the format has a header. */
  readonly layout: readonly string[] | undefined;
};

type AboutFile = Extract<Reading, { readonly kind: "control" | "drift" | "layout" | "number" }>;

/** Gathers it while the rows are read. */
export function createFileFacts(): { readonly add: (reading: AboutFile) => void; readonly all: () => FileFacts } {
  const controlTotals: ControlTotal[] = [];
  const drift = createDriftTally();
  let layout: readonly string[] | undefined;
  return {
    add: (reading) => {
      if (reading.kind === "control") controlTotals.push(reading.total);
      else if (reading.kind === "drift") drift.add(reading.drift);
      else if (reading.kind === "layout") layout ??= keptLayout(reading.columns);
    },
    all: () => ({ controlTotals, drift: drift.all(), layout }),
  };
}
