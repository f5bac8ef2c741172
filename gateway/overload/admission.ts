import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { GraphQLError } from "graphql";
import { ERRORS, type ErrorCode } from "../../subgraphs/shared/errors.ts";
import type { Log } from "../../subgraphs/shared/log.ts";
import { createPressure, type PressureLevel } from "./pressure.ts";

/** What an operation is about to ask of this process. */
export type Demand = {
  readonly kind: "query" | "mutation" | "subscription";
  /** Rows that its lists may hold. */
  readonly cost: number;
};

/** What is shed first stands first. Health is no operation, and never shed. */
export const DEMAND_CLASSES = ["heavy", "list", "read", "mutation"] as const;
export type DemandClass = (typeof DEMAND_CLASSES)[number];

export type AdmissionCounts = { readonly inFlight: number; readonly level: PressureLevel };

export type Admission = {
  /** A refusal, or what to call once the operation is answered. */
  admit(demand: Demand): { readonly refusal: GraphQLError } | { readonly release: () => void };
  counts(): AdmissionCounts;
  close(): void;
};

export type AdmissionOptions = {
  /** Most operations under way; the least urgent are turned away at half of it, mutations at all of it. */
  readonly maxInFlight: number;
  readonly log: Log;
  readonly onShed?: ((demandClass: DemandClass) => void) | undefined;
};

/** The share of `maxInFlight` that is open to a class. */
const SHARES: Readonly<Record<DemandClass, number>> = { heavy: 0.5, list: 0.75, read: 0.9, mutation: 1 };

const LOOK_MS = 500;
const PRESSURE = { maxDelayMs: 200, maxUtilisation: 0.95, patience: 4, leastInFlight: 32 };
const RETRY_AFTER_S = 2;

/**
 * Takes operations while this process keeps up, and turns the least urgent away at once when it does not: an answer that
 * comes too late helps nobody, and costs as much. Decisions and corrections of people (mutations) come first, then what
 * reads one thing, then lists by their size.
 */
export function createAdmission({ maxInFlight, log, onShed }: AdmissionOptions): Admission {
  const pressure = createPressure(PRESSURE);
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let inFlight = 0;
  let level: PressureLevel = 0;
  let since = performance.eventLoopUtilization();

  const looking = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization: utilisation } = performance.eventLoopUtilization(now, since);
    const before = level;
    level = pressure({ delayMs: delay.percentile(99) / 1e6, utilisation, inFlight });
    if (level !== before) log.warn({ level, before, inFlight, utilisation }, "the load that is taken has changed");
    since = now;
    delay.reset();
  }, LOOK_MS).unref();

  return {
    admit(demand) {
      const demandClass = classOf(demand);
      const isFull = inFlight >= SHARES[demandClass] * maxInFlight;
      if (isFull || DEMAND_CLASSES.indexOf(demandClass) < level) {
        onShed?.(demandClass);
        return { refusal: refusal() };
      }
      inFlight++;
      let isOpen = true;
      return {
        release: () => {
          if (isOpen) inFlight--;
          isOpen = false;
        },
      };
    },
    counts: () => ({ inFlight, level }),
    close: () => {
      clearInterval(looking);
      delay.disable();
    },
  };
}

const HEAVY_COST = 100;
/** A list that no argument pages counts five rows: an object with two of them is still one thing. */
const READ_COST = 10;

function classOf({ kind, cost }: Demand): DemandClass {
  if (kind === "mutation") return "mutation";
  if (kind === "subscription") return "list";
  return cost > HEAVY_COST ? "heavy" : cost > READ_COST ? "list" : "read";
}

function refusal(): GraphQLError {
  const code: ErrorCode = "OVERLOADED";
  return new GraphQLError(ERRORS[code].message, { extensions: { code, retryAfter: RETRY_AFTER_S } });
}
