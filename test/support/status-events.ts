import fc from "fast-check";
import type { StatusEvent } from "../../subgraphs/shared/status.ts";
import { type BaseStatus, TRANSACTION_STATUSES } from "../../subgraphs/shared/vocabulary.ts";

export const BASE_STATUSES = TRANSACTION_STATUSES.filter(
  (status): status is BaseStatus => status !== "REFUNDED" && status !== "CHARGEBACK",
);

/** Few ids, sequences and times, so that equal ones meet; ids whose order differs between byte and dictionary order. */
export const anyEvent: fc.Arbitrary<StatusEvent> = fc.record({
  id: fc.constantFrom("evt_a", "evt_B", "evt_b", "evt_-", "evt__", "evt_0", "evt_Z", "evt_z"),
  source: fc.constantFrom("PROVIDER", "PROVIDER", "CLAIM", "MANUAL"),
  outcome: fc.constantFrom(...BASE_STATUSES),
  certainty: fc.constantFrom("DEFINITIVE", "INDETERMINATE"),
  sequence: fc.constantFrom(null, null, -1n, 0n, 1n, 2n ** 63n - 1n),
  occurredAt: fc.constantFrom("T08:00:00.000Z", "T08:00:00.001Z").map((time) => new Date(`2026-01-05${time}`)),
});

export const anyEvents = fc.array(anyEvent, { maxLength: 8 });
