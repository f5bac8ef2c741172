import { isUnionType } from "graphql";
import { expect, test } from "vitest";
import { ENTITIES, ROOT_FIELDS } from "../e2e/tenants/root-fields.ts";
import { SUBGRAPHS } from "../subgraphs/support/settled-graph.ts";

const TABLE = "test/e2e/tenants/root-fields.ts";

/** What is wrong with a table beside the schema, each as a sentence that says what to do. */
function complaints(names: readonly string[], rows: Readonly<Record<string, unknown>>, table: string): string[] {
  const added = names.filter((name) => !(name in rows));
  const gone = Object.keys(rows).filter((name) => !names.includes(name));
  return [
    ...added.map(
      (name) =>
        `"${name}" is in the schema and not in ${table}: add \`"${name}": "<the permission it needs>",\` to ${TABLE} (null where no permission is needed), and seed what it shows in merchant-work.ts beside it.`,
    ),
    ...gone.map((name) => `"${name}" is in ${table} and not in the schema: take it out of ${TABLE}.`),
  ];
}

test("every root field has its row in the table from which the matrix of roles is made", () => {
  const names = SUBGRAPHS.flatMap(({ schema }) =>
    [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {})
        .filter((field) => !field.startsWith("_"))
        .map((field) => `${type?.name}.${field}`),
    ),
  );
  expect(complaints(names, ROOT_FIELDS, "ROOT_FIELDS")).toEqual([]);
});

test("every entity that a subgraph resolves has its row in the table of entities", () => {
  const names = SUBGRAPHS.flatMap(({ name, schema }) => {
    const entity = schema.getType("_Entity");
    return isUnionType(entity) ? entity.getTypes().map((type) => `${name} ${type.name}`) : [];
  });
  expect(complaints(names, ENTITIES, "ENTITIES")).toEqual([]);
});

test("a root field without a row is told with what to add, and a row without a field with what to take out", () => {
  const [added, gone] = complaints(
    ["Query.new", "Query.old"],
    { "Query.old": null, "Query.left": null },
    "ROOT_FIELDS",
  );
  expect(added).toMatch(
    /"Query\.new" is in the schema and not in ROOT_FIELDS: add .* to test\/e2e\/tenants\/root-fields/,
  );
  expect(gone).toMatch(/"Query\.left" .* take it out/);
});
