import type { Positions } from "../../shared/changes/change-feed.ts";
import type { Cursors } from "../../shared/subgraph/cursors.ts";

/**
 * How far someone has heard, sealed: a position for each merchant, and when that was. Changes are kept for an hour from
 * when they are written, which may be long before they are committed: a token is good for half of that.
 */
export function sealToken(cursors: Cursors, positions: Positions, now = Date.now()): string {
  const places = [...positions].map(([merchant, position]) => [merchant, `${position}`]);
  return cursors.seal(LIST, { sortKey: `${now}`, id: JSON.stringify(places) });
}

/** The positions; null for a token that is too old to go on from. @throws INVALID_CURSOR for one that is not ours */
export function openToken(cursors: Cursors, token: string, now = Date.now()): Positions | null {
  const { sortKey, id } = cursors.open(LIST, token);
  if (now - Number(sortKey) > LONGEST_MS) return null;
  const places = JSON.parse(id) as [string, string][];
  return new Map(places.map(([merchant, position]) => [merchant, BigInt(position)]));
}

const LIST = "transactionChanged";
export const LONGEST_MS = 30 * 60_000;
