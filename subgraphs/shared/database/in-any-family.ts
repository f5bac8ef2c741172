import { FAMILIES } from "../vocabulary.ts";

/**
 * SQL that holds of every transaction of the table `alias`, for where one is looked up by its id alone. Its key is merchant,
 * family, id: without a family, whose word must stand in the statement, a look-up reads the keys of all that the merchant
 * has. A family that is reckoned from the id helps nothing, since row security forbids to look for it in the index.
 */
export function inAnyFamily(alias: string): string {
  return `${alias}.family in (${FAMILIES.map((family) => `'${family}'`).join(", ")})`;
}
