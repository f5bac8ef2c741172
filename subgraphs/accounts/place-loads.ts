import { In } from "typeorm";
import { batched, byKey, groupedByKey } from "../shared/subgraph/batched.ts";
import { Location, Merchant, Terminal } from "./places.ts";

/** Places by id; null for what is unknown or of a merchant where the caller may not see accounts. */
export const merchantById = batched<Merchant>(async (context, ids) => {
  const allowed = context.merchantsWith("accounts:view");
  const wanted = In(ids.filter((id) => allowed.includes(id)));
  const rows = await context.run(({ manager }) => manager.findBy(Merchant, { id: wanted }));
  return byKey(rows, ({ id }) => id, named("Merchant"));
});

export const locationById = batched<Location>(async (context, ids) => {
  const merchantId = In(context.merchantsWith("accounts:view"));
  const rows = await context.run(({ manager }) => manager.findBy(Location, { merchantId, id: In(ids) }));
  return byKey(rows, ({ id }) => id, named("Location"));
});

export const terminalById = batched<Terminal>(async (context, ids) => {
  const merchantId = In(context.merchantsWith("accounts:view"));
  const rows = await context.run(({ manager }) => manager.findBy(Terminal, { merchantId, id: In(ids) }));
  return byKey(rows, ({ id }) => id, named("Terminal"));
});

export const locationsOfMerchant = batched<readonly Location[]>(async (context, merchants) => {
  const where = { merchantId: In(merchants) };
  const rows = await context.run(({ manager }) => manager.find(Location, { where, order: { name: "ASC", id: "ASC" } }));
  return groupedByKey(rows, ({ merchantId }) => merchantId, named("Location"));
});

export const terminalsOfLocation = batched<readonly Terminal[]>(async (context, locations) => {
  const where = { merchantId: In(context.merchantsWith("accounts:view")), locationId: In(locations) };
  const rows = await context.run(({ manager }) => manager.find(Terminal, { where, order: { tid: "ASC", id: "ASC" } }));
  return groupedByKey(rows, ({ locationId }) => locationId, named("Terminal"));
});

/** Federation tells entities apart by `__typename`. */
function named(typename: string) {
  return <T extends object>(entity: T): T => Object.assign(entity, { __typename: typename });
}
