import { In } from "typeorm";
import type { Limits } from "../shared/database/scope.ts";
import { batched, byKey, groupedByKey } from "../shared/subgraph/batched.ts";
import { Location, Merchant, Terminal } from "./places.ts";

/** Places by id; null for what is unknown, of a merchant where the caller may not see accounts, or beyond their limits. */
export const merchantById = batched<Merchant>(async (context, ids) => {
  const allowed = context.reach("accounts:view").merchants;
  const wanted = In(ids.filter((id) => allowed.includes(id)));
  const rows = await context.run(({ manager }) => manager.findBy(Merchant, { id: wanted }));
  return byKey(rows, ({ id }) => id, named("Merchant"));
});

export const locationById = batched<Location>(async (context, ids) => {
  const { merchants, limits } = context.reach("accounts:view");
  const where = { merchantId: In(merchants), id: In(ids) };
  const rows = await context.run(({ manager }) => manager.findBy(Location, where));
  return byKey(rows.filter(isWithin(limits)), ({ id }) => id, named("Location"));
});

export const terminalById = batched<Terminal>(async (context, ids) => {
  const { merchants, limits } = context.reach("accounts:view");
  const where = { merchantId: In(merchants), id: In(ids) };
  const rows = await context.run(({ manager }) => manager.findBy(Terminal, where));
  return byKey(rows.filter(isWithin(limits)), ({ id }) => id, named("Terminal"));
});

export const locationsOfMerchant = batched<readonly Location[]>(async (context, merchants) => {
  const where = { merchantId: In(merchants) };
  const rows = await context.run(({ manager }) => manager.find(Location, { where, order: { name: "ASC", id: "ASC" } }));
  return groupedByKey(
    rows.filter(isWithin(context.reach("accounts:view").limits)),
    ({ merchantId }) => merchantId,
    named("Location"),
  );
});

export const terminalsOfLocation = batched<readonly Terminal[]>(async (context, locations) => {
  const { merchants, limits } = context.reach("accounts:view");
  const where = { merchantId: In(merchants), locationId: In(locations) };
  const rows = await context.run(({ manager }) => manager.find(Terminal, { where, order: { tid: "ASC", id: "ASC" } }));
  return groupedByKey(rows.filter(isWithin(limits)), ({ locationId }) => locationId, named("Terminal"));
});

function isWithin(limits: Limits) {
  return (place: Location | Terminal) =>
    limits[place.merchantId]?.includes("locationId" in place ? place.locationId : place.id) ?? true;
}

/** Federation tells entities apart by `__typename`. */
function named(typename: string) {
  return <T extends object>(entity: T): T => Object.assign(entity, { __typename: typename });
}
