import type { Positions } from "../../shared/changes/change-feed.ts";
import type { Cursors } from "../../shared/subgraph/cursors.ts";

/** How far someone has heard, sealed: a position for each merchant. */
export function sealToken(cursors: Cursors, positions: Positions): string {
  const places = [...positions].map(([merchant, position]) => [merchant, `${position}`]);
  return cursors.seal(LIST, { sortKey: "", id: JSON.stringify(places) });
}

/** @throws INVALID_CURSOR for a token that is not ours */
export function openToken(cursors: Cursors, token: string): Positions {
  const places = JSON.parse(cursors.open(LIST, token).id) as [string, string][];
  return new Map(places.map(([merchant, position]) => [merchant, BigInt(position)]));
}

const LIST = "transactionChanged";
