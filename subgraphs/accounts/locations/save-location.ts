import type { Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { PREFIXES, randomId } from "../../shared/ids.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { type Changed, changeAccount, refusal } from "../change-account.ts";
import { withoutCards } from "../without-cards.ts";
import { tellOfMany, writePlaces } from "../write-places.ts";
import type { CloseLocationInput, LocationChange, SaveLocationInput } from "./location-type.ts";

type Kept = {
  readonly id: string;
  readonly name: string;
  readonly city: string | null;
  readonly country: string;
  readonly zone: string;
  readonly closedAt: Date | null;
  readonly version: number;
};

/** Another zone gives what was taken there the business dates that it has in it, as rows of files would get them now. */
export function saveLocation(
  context: RequestContext,
  { idempotencyKey: key, merchantId, ...asked }: SaveLocationInput,
) {
  const id = asked.locationId ?? randomId(PREFIXES.location);
  const act = { merchantId, action: "location.save", objectId: asked.locationId ?? "new", key, input: asked };
  return changeAccount<LocationChange>(context, act, async (transaction) => {
    const place = checked(asked);
    const before = asked.locationId ? await locationOf(transaction, merchantId, id) : undefined;
    if (asked.locationId && !before) return refusal("NOT_FOUND");
    if (before?.closedAt) return refusal("LOCATION_CLOSED");
    if (before && before.version !== asked.expectedVersion) return refusal("VERSION_CONFLICT", before.version);
    const [taken] = await transaction.query(TAKEN, [merchantId, place.name, id]);
    if (taken) return refusal("NAME_TAKEN");
    await transaction.query(SAVE, [merchantId, id, place.name, place.city, place.country, place.zone]);
    const isMoved = before !== undefined && before.zone !== place.zone;
    return changed(transaction, merchantId, id, before, isMoved ? await dateAnew(transaction, merchantId, id) : 0);
  });
}

/** What happened there needs its name and zone for ever, so it is never removed. */
export function closeLocation(context: RequestContext, input: CloseLocationInput) {
  const { idempotencyKey: key, merchantId, locationId: id, expectedVersion } = input;
  const act = { merchantId, action: "location.close", objectId: id, key, input: { locationId: id, expectedVersion } };
  return changeAccount<LocationChange>(context, act, async (transaction) => {
    const before = await locationOf(transaction, merchantId, id);
    if (!before) return refusal("NOT_FOUND");
    if (before.closedAt) return refusal("LOCATION_CLOSED");
    if (before.version !== expectedVersion) return refusal("VERSION_CONFLICT", before.version);
    if ((await transaction.query(HELD, [merchantId, id])).length > 0) return refusal("HAS_TERMINALS");
    await transaction.query(CLOSE, [merchantId, id]);
    return changed(transaction, merchantId, id, before, 0);
  });
}

async function changed(
  transaction: Transaction,
  merchantId: string,
  id: string,
  before: Kept | undefined,
  transactions: number,
): Promise<Changed<LocationChange>> {
  const after = await locationOf(transaction, merchantId, id);
  if (!after) throw new Error(`location ${id} is not there after it was saved`);
  const answer = { __typename: "LocationChange", locationId: id, transactions } as const;
  return { answer, before: before ?? null, after: { ...after, transactions } };
}

function dateAnew(transaction: Transaction, merchantId: string, id: string): Promise<number> {
  return writePlaces(transaction, merchantId, async () => {
    const dated = await transaction.change(DATE_ANEW, [merchantId, id]);
    if (dated > 0) await tellOfMany(transaction, merchantId);
    return dated;
  });
}

function checked(asked: Pick<SaveLocationInput, "name" | "city" | "country" | "zone">) {
  const name = withoutCards("name", asked.name.trim());
  const city = withoutCards("city", asked.city?.trim() ?? "");
  if (name === "" || name.length > LONGEST)
    throw new AppError("INVALID_INPUT", `\`name\` must have 1 to ${LONGEST} characters.`);
  if (city.length > LONGEST) throw new AppError("INVALID_INPUT", `\`city\` must have ${LONGEST} characters at most.`);
  if (!/^[A-Z]{2}$/.test(asked.country))
    throw new AppError("INVALID_INPUT", "`country` must be two capital letters of ISO 3166-1, such as BE.");
  return { name, city: city === "" ? null : city, country: asked.country, zone: asked.zone };
}

const LONGEST = 100;

async function locationOf(transaction: Transaction, merchantId: string, id: string): Promise<Kept | undefined> {
  const [found] = await transaction.query<Kept>(LOCATION, [merchantId, id]);
  return found;
}

const LOCATION = `
  select id, name, city, country, zone, closed_at as "closedAt", version
  from accounts.location where merchant_id = $1 and id = $2`;

const TAKEN = `
  select from accounts.location
  where merchant_id = $1 and lower(name) = lower($2) and id <> $3 and closed_at is null`;

const SAVE = `
  insert into accounts.location as l (merchant_id, id, name, city, country, zone) values ($1, $2, $3, $4, $5, $6)
  on conflict (merchant_id, id) do update
  set name = excluded.name, city = excluded.city, country = excluded.country, zone = excluded.zone, version = l.version + 1`;

const HELD = `
  select from accounts.terminal
  where merchant_id = $1 and location_id = $2 and (valid_to is null or valid_to > clock_timestamp()) limit 1`;

const CLOSE = `
  update accounts.location set closed_at = clock_timestamp(), version = version + 1 where merchant_id = $1 and id = $2`;

const DATE_ANEW = `
  update transactions.transaction t set business_date = (t.occurred_at at time zone l.zone)::date, version = t.version + 1
  from accounts.location l
  where t.merchant_id = $1 and t.location_id = $2 and l.merchant_id = t.merchant_id and l.id = t.location_id
    and t.business_date <> (t.occurred_at at time zone l.zone)::date`;
