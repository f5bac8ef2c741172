import { hash } from "node:crypto";
import type { ProviderEvent } from "../../subgraphs/shared/event.ts";
import type { Meaning } from "./rows.ts";

/**
 * Tells rows of a file apart that have one identity: two equal charges are two facts where the totals count both. The
 * first keeps the identity as it is, so that it is the same in a file that has only one.
 */
export class Occurrences {
  readonly #seen = new Map<string, number>();

  /** Gives an event that has no identity that of its row's text, which outlives a change of what we make of the row. */
  identified(event: ProviderEvent, text: string): ProviderEvent {
    const identity = event.identity ?? hash("sha256", text, "base64url").slice(0, 24);
    const occurrence = (this.#seen.get(identity) ?? 0) + 1;
    this.#seen.set(identity, occurrence);
    return { ...event, identity: occurrence === 1 ? identity : `${identity}|${occurrence}` };
  }

  /** The same for what may also be no event. */
  meant(meaning: Meaning, text: string): Meaning {
    return "skipped" in meaning ? meaning : this.identified(meaning, text);
  }
}
