import { maskCards } from "../../shared/card-detector.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { Denied } from "../../shared/identity/denied.ts";
import { PREFIXES, randomId } from "../../shared/ids.ts";
import type { NotFound } from "../../shared/subgraph/refusals.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { changeViewOnce, type Refusal } from "./change-view-once.ts";
import { SAVED_VIEW_ROW, type SavedViewRow, savedViewOf } from "./saved-view-row.ts";
import type {
  ChangeSavedViewInput,
  CreateSavedViewInput,
  RemoveSavedViewInput,
  SavedView,
  SavedViewRefused,
} from "./saved-view-type.ts";
import { contentOf } from "./view-content.ts";

const VIEW = "transactions:view";
/** May remove what others share: they may have left. */
const MANAGE = "accounts:manage";

const MOST_OWN = 100;
const MOST_SHARED = 200;

export async function savedViews(context: RequestContext): Promise<readonly SavedView[]> {
  const { merchants } = context.requireReach(VIEW);
  const { userId } = context.identity;
  const rows = await context.query<SavedViewRow>(
    `${VIEWS} order by (t.owner_id = $2) desc, lower(t.name), t.id limit 1000`,
    [merchants, userId],
  );
  return rows.map((row) => savedViewOf(row, userId));
}

export async function createSavedView(context: RequestContext, input: CreateSavedViewInput) {
  const { idempotencyKey: key, merchantId, ...given } = input;
  const act = { merchantId, action: "saved-view.create", objectId: "new" };
  if (!context.reach(VIEW).merchants.includes(merchantId)) throw new Denied(VIEW, act);
  const content = await contentOf(context, merchantId, given);
  return changeViewOnce(context, { ...act, key, input: content }, async (transaction) => {
    const { userId, name: userName } = context.identity;
    const { name = "", isShared = false, filter, sort = null, columns = [] } = content;
    const refusal = await refusalOf(transaction, { merchantId, userId, id: "", name, isShared, isNew: true });
    if (refusal) return refusal;
    const id = randomId(PREFIXES.savedView);
    const values = [merchantId, id, userId, maskCards(userName).text, name, isShared, filter, sort, columns];
    const [after] = await transaction.query<SavedViewRow>(ADD, values);
    return { before: null, after: after ?? null };
  });
}

export async function changeSavedView(context: RequestContext, input: ChangeSavedViewInput) {
  const { viewId: id, expectedVersion, idempotencyKey: key, ...given } = input;
  const found = await ownView(context, "change", id, false);
  if (!("merchant_id" in found)) return found;
  const { merchant_id: merchantId } = found;
  const content = await contentOf(context, merchantId, given);
  const act = { merchantId, action: "saved-view.change", objectId: id, key };
  return changeViewOnce(context, { ...act, input: { id, expectedVersion, ...content } }, async (transaction) => {
    const { userId } = context.identity;
    const before = await viewNow(transaction, merchantId, id, expectedVersion);
    if ("__typename" in before) return before;
    const { name = before.name, isShared = before.is_shared, filter, sort, columns } = content;
    const isNew = !before.is_shared && isShared;
    const refusal = await refusalOf(transaction, { merchantId, userId, id, name, isShared: isNew, isNew: false });
    if (refusal) return refusal;
    const values = [merchantId, id, name, isShared, filter ?? null, sort ?? null, columns ?? null];
    const [after] = await transaction.query<SavedViewRow>(CHANGE, values);
    return { before, after: after ?? null };
  });
}

export async function removeSavedView(context: RequestContext, input: RemoveSavedViewInput) {
  const { viewId: id, expectedVersion, idempotencyKey: key } = input;
  const found = await ownView(context, "remove", id, true);
  if (!("merchant_id" in found)) return found;
  const { merchant_id: merchantId } = found;
  const act = { merchantId, action: "saved-view.remove", objectId: id, key, input: { id, expectedVersion } };
  return changeViewOnce(context, act, async (transaction) => {
    const before = await viewNow(transaction, merchantId, id, expectedVersion);
    if ("__typename" in before) return before;
    await transaction.query(REMOVE, [merchantId, id]);
    return { before, after: null };
  });
}

/** A removed one answers whoever sends the same request again: what was kept of that tells whose it was. */
async function ownView(context: RequestContext, verb: string, id: string, isRemoval: boolean) {
  const act = { action: `saved-view.${verb}`, objectId: id };
  const { merchants } = context.reach(VIEW);
  const [merchantId = ""] = merchants;
  if (merchants.length === 0) throw new Denied(VIEW, act);
  const { userId } = context.identity;
  const [row] = await context.query<SavedViewRow>(isRemoval ? `${VIEWS} and t.id = $3` : OWN, [merchants, userId, id]);
  const managed = isRemoval ? context.merchantsWith(MANAGE) : [];
  if (row && (row.owner_id === userId || managed.includes(row.merchant_id))) return row;
  const [gone] = await context.query<{ answer: SavedViewRow }>(GONE, [merchants, userId, id]);
  if (gone) return gone.answer;
  context.noteDenied({ merchantId, ...act, detail: { refusal: "NotFound" } });
  return NOT_FOUND;
}

async function viewNow(transaction: Transaction, merchantId: string, id: string, expectedVersion: number) {
  const [row] = await transaction.query<SavedViewRow>(NOW, [merchantId, id]);
  if (!row) return NOT_FOUND;
  if (row.version === expectedVersion) return row;
  const message = `It has version ${row.version} by now, not ${expectedVersion}: read it again and decide anew.`;
  return { __typename: "VersionConflict", message, version: row.version } as const;
}

type Wanted = {
  readonly merchantId: string;
  readonly userId: string;
  /** The view that it is about, which does not stand in its own way. */
  readonly id: string;
  readonly name: string;
  readonly isShared: boolean;
  readonly isNew: boolean;
};

async function refusalOf(transaction: Transaction, wanted: Wanted): Promise<Refusal | null> {
  const { merchantId, userId, id, name, isShared, isNew } = wanted;
  const [count] = await transaction.query<Counts>(COUNTS, [merchantId, userId, name, id]);
  if (!count) throw new Error("the database did not count");
  if (count.same > 0n)
    return refused(`You have a view called "${name}" here: choose another name, or change that one.`);
  if (isNew && count.own >= MOST_OWN) return refused(`You have ${MOST_OWN} views here, the most: remove one first.`);
  if (isShared && count.shared >= MOST_SHARED) {
    return refused(`The merchant has ${MOST_SHARED} shared views, the most: keep it to yourself, or share one less.`);
  }
  return null;
}

const refused = (message: string): SavedViewRefused => ({ __typename: "SavedViewRefused", message });

const NOT_FOUND: NotFound = {
  __typename: "NotFound",
  message: "There is no saved view with this id that you may change: check the id.",
};

type Counts = { readonly same: bigint; readonly own: bigint; readonly shared: bigint };

const VIEWS = `
  select ${SAVED_VIEW_ROW} from transactions.saved_view t
  where t.merchant_id = any($1::text[]) and (t.is_shared or t.owner_id = $2)`;

const OWN = `
  select ${SAVED_VIEW_ROW} from transactions.saved_view t
  where t.merchant_id = any($1::text[]) and t.owner_id = $2 and t.id = $3`;

const GONE = `
  select c.answer from transactions.saved_view_change c
  where c.merchant_id = any($1::text[]) and c.actor_id = $2 and c.answer ->> 'id' = $3 limit 1`;

const NOW = `select ${SAVED_VIEW_ROW} from transactions.saved_view t where t.merchant_id = $1 and t.id = $2`;

const COUNTS = `
  select count(*) filter (where owner_id = $2 and lower(name) = lower($3) and id <> $4) as same,
    count(*) filter (where owner_id = $2) as own, count(*) filter (where is_shared) as shared
  from transactions.saved_view where merchant_id = $1`;

const ADD = `
  insert into transactions.saved_view as t (merchant_id, id, owner_id, owner_name, name, is_shared, filter, sort, columns)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${SAVED_VIEW_ROW}`;

const CHANGE = `
  update transactions.saved_view as t set name = $3, is_shared = $4, filter = coalesce($5::jsonb, filter),
    sort = coalesce($6::jsonb, sort), columns = coalesce($7::text[], columns), version = version + 1,
    changed_at = clock_timestamp()
  where merchant_id = $1 and id = $2 returning ${SAVED_VIEW_ROW}`;

const REMOVE = "delete from transactions.saved_view where merchant_id = $1 and id = $2";
