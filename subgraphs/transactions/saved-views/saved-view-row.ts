import type { SavedView } from "./saved-view-type.ts";

export type SavedViewRow = {
  readonly merchant_id: string;
  readonly id: string;
  readonly owner_id: string;
  readonly owner_name: string;
  readonly name: string;
  readonly is_shared: boolean;
  readonly filter: object;
  readonly sort: object | null;
  readonly columns: readonly string[];
  readonly version: number;
  readonly changed_at: Date | string;
};

export const SAVED_VIEW_ROW = `t.merchant_id, t.id, t.owner_id, t.owner_name, t.name, t.is_shared, t.filter, t.sort,
  t.columns, t.version, t.changed_at`;

/** @param row as it was read, or as an answer of it was kept as JSON */
export function savedViewOf(row: SavedViewRow, readerId: string): SavedView {
  return {
    __typename: "SavedView",
    id: row.id,
    merchantId: row.merchant_id,
    name: row.name,
    ownerId: row.owner_id,
    ownerName: row.owner_name,
    isOwn: row.owner_id === readerId,
    isShared: row.is_shared,
    kept: { filter: row.filter, sort: row.sort },
    columns: row.columns,
    version: row.version,
    changedAt: new Date(row.changed_at),
  };
}

/** What the audit tells of a view. */
export const shown = ({ name, is_shared: isShared, filter, sort, columns, version }: SavedViewRow) => ({
  name,
  isShared,
  filter,
  sort,
  columns,
  version,
});
