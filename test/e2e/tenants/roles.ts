import { type GraphQLField, type GraphQLSchema, getNamedType } from "graphql";
import { describe, expect, test } from "vitest";
import { fillArguments, firstOf, idPlaces, operationWith } from "./fill-arguments.ts";
import { firstEvent } from "./follow.ts";
import { entityFields } from "./generate-operations.ts";
import { NOBODY, ROLES, userOf } from "./marked-merchants.ts";
import { foreignMarks } from "./marks.ts";
import type { Ids } from "./read-everything.ts";
import { mayAsk, ROOT_FIELDS } from "./root-fields.ts";
import type { Tenants } from "./tenants.ts";

/** Each role at each root field, with ids of the own merchant, of another and with no merchant: made from one table. */
export function roles(tenants: () => Tenants): void {
  describe.each(ROLES)("%s", (role) => {
    test("is heard at the own merchant by exactly the fields that the table gives, and nowhere else", async () => {
      const user = userOf(role, 1);
      for (const root of rootsOf(tenants().schema).filter(
        ({ name }) => name !== ENDLESS || !mayAsk(role, neededBy(name)),
      )) {
        const expected = mayAsk(role, neededBy(root.name)) ? "heard" : "refused";
        expect(await outcome(tenants(), user, root, tenants().ids(1)), `${root.name} at the own merchant`).toBe(
          expected,
        );
        const names = takesMerchant(root.field) ? "refused" : expected;
        expect(await outcome(tenants(), user, root, tenants().ids(2)), `${root.name} at another merchant`).toBe(names);
        // Who may not is told so before anything that they sent is looked at.
        if (expected === "refused")
          expect(await outcome(tenants(), user, root, new Map(), NONSENSE), `${root.name} with nonsense`).toBe(
            "refused",
          );
      }
    });
  });

  test("who belongs to no merchant is refused everything but who they are", async () => {
    for (const root of rootsOf(tenants().schema)) {
      const expected = ROOT_FIELDS[root.name] === null ? "heard" : "refused";
      expect(await outcome(tenants(), NOBODY, root, tenants().ids(1)), root.name).toBe(expected);
    }
  });
}

function rootsOf(schema: GraphQLSchema) {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {}).map((field) => ({
      name: `${type?.name}.${field.name}`,
      kind: `${type?.name}`.toLowerCase(),
      field,
    })),
  );
}

type Root = ReturnType<typeof rootsOf>[number];

/** FORBIDDEN, or not: what else comes of it, other suites tell. */
async function outcome(
  tenants: Tenants,
  user: string,
  { name, kind, field }: Root,
  ids: Ids,
  values: Readonly<Record<string, unknown>> = {},
): Promise<"refused" | "heard"> {
  const { schema, graph } = tenants;
  const variables = fillArguments(field, firstOf(ids), values);
  const query = operationWith(kind, field, entityFields(schema, getNamedType(field.type)));
  const text =
    kind === "subscription"
      ? await firstEvent(graph, user, query, variables)
      : (await graph.ask(user, query, variables)).text;
  const others = user === NOBODY ? [] : [1 as const];
  // What somebody tried to name of others, the audit of their own merchant tells.
  const named = [variables, [...tenants.ids(2).values(), ...tenants.ids(3).values()]];
  expect(foreignMarks(withoutGiven(text, named), others), name).toEqual([]);
  return text.includes('"FORBIDDEN"') ? "refused" : "heard";
}

/** Of the right type, and nothing that any field can use. */
const NONSENSE = { String: "", Int: -1, BigInt: "-1" };

const neededBy = (name: string) => ROOT_FIELDS[name] ?? null;

const withoutGiven = (text: string, variables: object) =>
  [...JSON.stringify(variables).matchAll(/"([^"]{4,})"/g)].reduce(
    (left, [, given = ""]) => left.replaceAll(given, ""),
    text,
  );

/** Has no first event to wait for where nothing changes; `subscriptions.ts` follows it. */
const ENDLESS = "Subscription.transactionChanged";

/** Where a merchant is named, one of others is refused as such; a filter finds nothing of theirs, as of an unknown one. */
const takesMerchant = (field: GraphQLField<unknown, unknown>) =>
  idPlaces(field).some(({ path }) => /\bmerchantId$/.test(path) && !path.startsWith("filter."));
