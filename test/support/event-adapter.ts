import type { SettlementAdapter } from "../../adapters/adapter.ts";
import type { ProviderEvent } from "../../subgraphs/shared/event.ts";

/**
 * A format that has every field of an event, one JSON object a line: for what the engine must do with facts, whichever
 * provider tells them. Money is written as digits and comes back as bigint.
 */
export const eventAdapter: SettlementAdapter = {
  name: "test-events",
  provider: "adyen",
  accepts: () => true,
  read: async function* (file) {
    const pieces: Buffer[] = [];
    for await (const piece of file) pieces.push(piece);
    const lines = Buffer.concat(pieces).toString("utf8").trim().split("\n");
    yield lines.map((raw, index) => ({ kind: "event", line: index + 1, raw, event: JSON.parse(raw, revive) }));
  },
};

export function eventsFile(events: readonly ProviderEvent[]): string {
  return events
    .map((event) => JSON.stringify(event, (_, value) => (typeof value === "bigint" ? `${value}n` : value)))
    .join("\n");
}

function revive(key: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (key === "at") return new Date(value);
  return /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value;
}
