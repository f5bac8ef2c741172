import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BaseDecision,
  baseStatus,
  deriveStatus,
  outcomeRank,
  precedenceOf,
  type StatusEvent,
  type StatusInput,
  statusSentence,
} from "../../subgraphs/shared/status.ts";
import { type Cause, canBecome, isAssignable, TRANSITIONS } from "../../subgraphs/shared/status-transitions.ts";
import { type BaseStatus, TRANSACTION_STATUSES, TRANSACTION_TYPES } from "../../subgraphs/shared/vocabulary.ts";
import { anyEvent, anyEvents, BASE_STATUSES } from "../support/status-events.ts";

const RUNS = { numRuns: 10_000 };

/** A definitive answer of the provider, unless the test says otherwise. */
function event(id: string, outcome: BaseStatus, more: Partial<StatusEvent> = {}): StatusEvent {
  const occurredAt = new Date("2026-01-05T08:00:00Z");
  return { id, source: "PROVIDER", outcome, certainty: "DEFINITIVE", sequence: null, occurredAt, ...more };
}

const claim = event("evt_claim", "SUCCESS", { source: "CLAIM" });
const unsure = event("evt_unsure", "FAILED", { certainty: "INDETERMINATE" });
const broken = event("evt_broken", "MANUAL_INTERVENTION", { certainty: "INDETERMINATE" });

describe("the base status of a set of events", () => {
  test("does not depend on the order or the repetition of events", () => {
    const shuffled = anyEvents.chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 })),
    );
    fc.assert(
      fc.property(shuffled, ([events, repeated]) => {
        expect(baseStatus(repeated)).toEqual(baseStatus(events));
      }),
      RUNS,
    );
  });

  test("is not changed by hearing that the transaction is processing", () => {
    fc.assert(
      fc.property(anyEvents, anyEvent, (events, more) => {
        expect(baseStatus([...events, { ...more, id: "evt_new", outcome: "PROCESSING" }])).toEqual(baseStatus(events));
      }),
      RUNS,
    );
  });

  test("is CANCELLED if a provider ever said so or a refund's money came back", () => {
    const source = fc.constantFrom<StatusEvent["source"]>("PROVIDER", "CLAIM");
    fc.assert(
      fc.property(anyEvents, anyEvent, source, (events, more, from) => {
        const cancelled: StatusEvent = { ...more, id: "evt_new", source: from, outcome: "CANCELLED" };
        expect(baseStatus([cancelled, ...events])).toMatchObject({ status: "CANCELLED", rule: 1 });
      }),
      RUNS,
    );
  });

  test("ranks any three events in one line, so that no circle decides", () => {
    const first = (...events: StatusEvent[]) => baseStatus(events).decidedBy;
    const three = fc.uniqueArray(anyEvent, { minLength: 3, maxLength: 3, selector: ({ id }) => id });
    fc.assert(
      fc.property(three, ([a, b, c]) => {
        if (!a || !b || !c || [a, b, c].some((each) => precedenceOf(each) === null)) return;
        const pairs = [first(a, b), first(b, c), first(a, c)];
        const wins = [a, b, c].map(({ id }) => pairs.filter((winner) => winner === id).length);
        expect(wins.sort()).toEqual([0, 1, 2]);
      }),
      RUNS,
    );
  });

  test("names every event that had a say, once, the decider first", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const { decidedBy, losers } = baseStatus(events);
        const heard = events.filter((each) => precedenceOf(each) !== null).map(({ id }) => id);
        expect([...(decidedBy === null ? [] : [decidedBy]), ...losers].sort()).toEqual([...new Set(heard)].sort());
      }),
      RUNS,
    );
  });

  test.each<[string, StatusEvent[], Partial<BaseDecision>]>([
    ["nothing is PROCESSING", [], { status: "PROCESSING", rule: 7, decidedBy: null, certainty: "INDETERMINATE" }],
    [
      "a cancellation stands above the money that came all the same",
      [claim, event("evt_c", "CANCELLED")],
      { status: "CANCELLED", rule: 1, losers: ["evt_claim"] },
    ],
    [
      "a refusal stands above the money that came all the same",
      [claim, event("evt_r", "REFUSED")],
      { status: "REFUSED", rule: 2, losers: ["evt_claim"] },
    ],
    [
      "a claimed settlement line stands above a later failure",
      [claim, event("evt_f", "FAILED", { sequence: 9n })],
      { status: "SUCCESS", rule: 3, origin: "AUTOMATIC", certainty: "DEFINITIVE" },
    ],
    [
      "a person is overruled by a definitive answer",
      [event("evt_m", "SUCCESS", { source: "MANUAL", sequence: 1n }), event("evt_f", "FAILED")],
      { status: "FAILED", rule: 4, origin: "AUTOMATIC", losers: ["evt_m"] },
    ],
    [
      "a person overrules an uncertain answer",
      [broken, unsure, event("evt_m", "SUCCESS", { source: "MANUAL", sequence: 1n })],
      { status: "SUCCESS", rule: 5, origin: "MANUAL", certainty: "INDETERMINATE" },
    ],
    [
      "the last assignment version counts, not the last clock",
      [
        event("evt_1", "SUCCESS", { source: "MANUAL", sequence: 1n, occurredAt: new Date("2026-02-01T00:00:00Z") }),
        event("evt_2", "FAILED", { source: "MANUAL", sequence: 2n }),
      ],
      { status: "FAILED", rule: 5, decidedBy: "evt_2" },
    ],
    [
      "the provider's sequence counts before time",
      [
        event("evt_1", "SUCCESS", { sequence: 2n }),
        event("evt_2", "FAILED", { sequence: 1n, occurredAt: new Date("2026-02-01T00:00:00Z") }),
        event("evt_3", "FAILED", { occurredAt: new Date("2026-03-01T00:00:00Z") }),
      ],
      { status: "SUCCESS", rule: 4, losers: ["evt_2", "evt_3"] },
    ],
    [
      "any sequence, even a negative one, ranks above none",
      [
        event("evt_1", "SUCCESS", { sequence: -1n }),
        event("evt_2", "FAILED", { occurredAt: new Date("2026-03-01T00:00:00Z") }),
      ],
      { status: "SUCCESS", rule: 4, decidedBy: "evt_1" },
    ],
    [
      "without a sequence the later answer counts",
      [event("evt_1", "SUCCESS"), event("evt_2", "FAILED", { occurredAt: new Date("2026-03-01T00:00:00Z") })],
      { status: "FAILED", rule: 4, decidedBy: "evt_2" },
    ],
    [
      "at the same time success wins over failure",
      [event("evt_1", "SUCCESS"), event("evt_2", "FAILED")],
      { status: "SUCCESS", rule: 4 },
    ],
    ["at the same time doubt wins over failure", [unsure, broken], { status: "MANUAL_INTERVENTION", rule: 6 }],
    [
      "a success the provider is not sure of is not turnover",
      [event("evt_1", "SUCCESS", { certainty: "INDETERMINATE" })],
      { status: "PROCESSING", rule: 7 },
    ],
    [
      "a person can bring about nothing but success and failure",
      [event("evt_1", "CANCELLED", { source: "MANUAL" }), event("evt_2", "REFUSED", { source: "MANUAL" })],
      { status: "PROCESSING", rule: 7 },
    ],
  ])("%s", (_, events, expected) => {
    expect(baseStatus(events)).toMatchObject(expected);
  });

  test("gives each outcome a rank of its own", () => {
    expect(new Set(BASE_STATUSES.map(outcomeRank)).size).toBe(BASE_STATUSES.length);
    expect(Math.min(...BASE_STATUSES.map(outcomeRank))).toBe(0);
  });
});

describe("the status people see", () => {
  const sale: StatusInput = { type: "SALE", base: "SUCCESS", captured: 10_000n, refunded: 0n, chargedBack: 0n };

  test.each<[string, Partial<StatusInput>, ReturnType<typeof deriveStatus>]>([
    ["a sale", {}, { status: "SUCCESS", refundState: "NONE", refundableRemaining: 12_000n }],
    ["a partial refund", { refunded: 1n }, { status: "SUCCESS", refundState: "PARTIAL", refundableRemaining: 11_999n }],
    ["a full refund", { refunded: 10_000n }, { status: "REFUNDED", refundState: "FULL", refundableRemaining: 2_000n }],
    [
      "a full refund without room above",
      { refunded: 10_000n, refundLimitBps: 10_000 },
      { status: "REFUNDED", refundState: "FULL", refundableRemaining: 0n },
    ],
    ["too large a refund", { refunded: 12_500n }, { status: "REFUNDED", refundState: "OVER", refundableRemaining: 0n }],
    [
      "a refund on its way",
      { refunded: 5_000n, refundsPending: 6_500n },
      { status: "SUCCESS", refundState: "PARTIAL", refundableRemaining: 500n },
    ],
    [
      "a chargeback after a refund",
      { refunded: 10_000n, chargedBack: 1n },
      { status: "CHARGEBACK", refundState: "FULL", refundableRemaining: 0n },
    ],
    [
      "a chargeback whose money came back",
      { chargedBack: 0n },
      { status: "SUCCESS", refundState: "NONE", refundableRemaining: 12_000n },
    ],
    ["a sale of nothing", { captured: 0n }, { status: "SUCCESS", refundState: "NONE", refundableRemaining: 0n }],
    [
      "a refund of what never succeeded",
      { base: "FAILED", refunded: 1n },
      { status: "FAILED", refundState: "PARTIAL", refundableRemaining: 0n },
    ],
  ])("%s", (_, more, expected) => {
    expect(deriveStatus({ ...sale, ...more })).toEqual(expected);
  });

  test("is derived for sales only, and no more than the ceiling is ever left to refund", () => {
    const amount = fc.bigInt({ min: -1_000n, max: 100_000n });
    const input = fc.record({
      type: fc.constantFrom(...TRANSACTION_TYPES),
      base: fc.constantFrom(...BASE_STATUSES),
      captured: fc.bigInt({ min: 0n, max: 100_000n }),
      refunded: amount,
      refundsPending: amount,
      chargedBack: amount,
    });
    fc.assert(
      fc.property(input, (each) => {
        const { status, refundableRemaining } = deriveStatus(each);
        expect(refundableRemaining).toBeGreaterThanOrEqual(0n);
        expect(refundableRemaining * 10n).toBeLessThanOrEqual(each.captured * 12n);
        if (each.type !== "SALE" || each.base !== "SUCCESS") expect(status).toBe(each.base);
        if (each.chargedBack > 0n) expect(refundableRemaining).toBe(0n);
      }),
      RUNS,
    );
  });
});

describe("the table of steps", () => {
  const CAUSES = { PROVIDER: "PROVIDER", CLAIM: "RECONCILER", MANUAL: "PERSON" } as const;
  const first = event("evt_first", "PROCESSING");

  /** Every step that some event may cause, walked over random histories. */
  function walkedSteps(): Set<string> {
    const steps = new Set<string>();
    const histories = fc.uniqueArray(anyEvent, { maxLength: 8, selector: ({ id }) => id });
    fc.assert(
      fc.property(histories, (history) => {
        let known: StatusEvent[] = [first];
        for (const next of history) {
          const before = baseStatus(known);
          if (next.source === "MANUAL" && !isAssignable(before, next.outcome)) continue;
          known = [...known, next];
          const after = baseStatus(known);
          if (after.decidedBy === next.id && (after.status !== before.status || next.source === "MANUAL")) {
            steps.add(`${before.status} → ${after.status} by ${CAUSES[next.source]}`);
          } else expect(after.status).toBe(before.status);
        }
      }),
      { numRuns: 20_000, seed: 7 },
    );
    return steps;
  }

  test("holds every step that evidence can cause, and no other", () => {
    const table = BASE_STATUSES.flatMap((from) =>
      Object.entries(TRANSITIONS[from]).flatMap(([to, causes]: [string, readonly Cause[]]) =>
        causes.filter((by) => by !== "DERIVED").map((by) => `${from} → ${to} by ${by}`),
      ),
    );
    // The reconciler causes these two by asking the provider, whose answer is then the event.
    const asked = ["PROCESSING → FAILED by RECONCILER", "PROCESSING → MANUAL_INTERVENTION by RECONCILER"];
    expect([...walkedSteps(), ...asked].sort()).toEqual(table.sort());
  });

  test("lets nothing out of CANCELLED, and only a cancellation out of REFUSED", () => {
    expect(Object.keys(TRANSITIONS.CANCELLED)).toEqual([]);
    expect(Object.keys(TRANSITIONS.REFUSED)).toEqual(["CANCELLED"]);
    expect(canBecome("REFUSED", "SUCCESS", "RECONCILER")).toBe(false);
  });

  test("lets no person refuse, cancel, refund or charge back, nor decide what is still processing", () => {
    for (const from of ["NEW", ...TRANSACTION_STATUSES] as const) {
      for (const to of ["REFUSED", "CANCELLED", "REFUNDED", "CHARGEBACK", "PROCESSING"] as const) {
        expect(canBecome(from, to, "PERSON")).toBe(false);
      }
    }
    expect(canBecome("PROCESSING", "SUCCESS", "PERSON")).toBe(false);
    expect(canBecome("REFUNDED", "SUCCESS", "PERSON")).toBe(false);
  });

  test("opens a failure to a person only while it is uncertain", () => {
    expect(isAssignable(baseStatus([unsure]), "SUCCESS")).toBe(true);
    expect(isAssignable(baseStatus([unsure]), "FAILED")).toBe(true);
    expect(isAssignable(baseStatus([broken]), "FAILED")).toBe(true);
    expect(isAssignable(baseStatus([event("evt_f", "FAILED")]), "SUCCESS")).toBe(false);
    expect(isAssignable(baseStatus([broken]), "REFUNDED")).toBe(false);
  });

  test("lets an assignment be corrected until settlement evidence exists", () => {
    const assigned = event("evt_m", "SUCCESS", { source: "MANUAL", sequence: 1n });
    expect(isAssignable(baseStatus([broken, assigned]), "FAILED")).toBe(true);
    expect(isAssignable(baseStatus([broken, assigned, claim]), "FAILED")).toBe(false);
    expect(isAssignable(baseStatus([event("evt_s", "SUCCESS")]), "FAILED")).toBe(false);
  });
});

describe("the explanation", () => {
  test("names the rule, the event and what it outranks", () => {
    const explain = (...events: StatusEvent[]) => statusSentence(baseStatus(events), events);
    expect(explain(claim, event("evt_f", "FAILED"))).toBe(
      "Rule 3: a claimed settlement line decides (evt_claim); it outranks 1 provider answer.",
    );
    const assigned = event("evt_m", "SUCCESS", { source: "MANUAL", sequence: 1n });
    expect(explain(event("evt_c", "CANCELLED"), claim, assigned, unsure, broken)).toBe(
      "Rule 1: a cancellation decides (evt_c); it outranks 2 provider answers, 1 settlement line, and 1 assignment by a person.",
    );
    expect(explain(event("evt_s", "SUCCESS"))).toBe("Rule 4: the provider's last definitive answer decides (evt_s).");
    expect(explain()).toBe("Rule 7: nothing decides yet.");
  });
});
