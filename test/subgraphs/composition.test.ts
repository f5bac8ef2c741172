import { readFile } from "node:fs/promises";
import { composeServices as composeWithApollo } from "@apollo/composition";
import { composeServices, compositionHasErrors } from "@theguild/federation-composition";
import { type GraphQLObjectType, isEnumType, isInputObjectType, isInterfaceType, isObjectType, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { subgraph as accounts } from "../../subgraphs/accounts/subgraph.ts";
import { subgraph as acquirers } from "../../subgraphs/acquirers/subgraph.ts";
import { subgraph as ccvPay } from "../../subgraphs/ccv-pay/subgraph.ts";
import { subgraph as eVouchers } from "../../subgraphs/e-vouchers/subgraph.ts";
import { subgraph as reconciliation } from "../../subgraphs/reconciliation/subgraph.ts";
import { subgraph as transactions } from "../../subgraphs/transactions/subgraph.ts";

const SUBGRAPHS = [transactions, ccvPay, eVouchers, acquirers, reconciliation, accounts];
const services = SUBGRAPHS.map(({ name, sdl }) => ({ name, typeDefs: parse(sdl), url: `http://127.0.0.1/${name}` }));

describe("the six subgraphs", () => {
  test.each(SUBGRAPHS)("the committed schema of $name is what its classes say", async ({ name, sdl }) => {
    await expect(sdl).toMatchFileSnapshot(`../../subgraphs/${name}/schema.graphql`);
  });

  test("compose with The Guild's composer", () => {
    const result = composeServices(services);
    expect(compositionHasErrors(result) ? result.errors.map(({ message }) => message) : []).toEqual([]);
  });

  test("compose with Apollo's composer, which refuses broken schemas that the other takes", () => {
    const result = composeWithApollo(services);
    expect(result.errors?.map(({ message }) => message) ?? []).toEqual([]);
  });

  test("no root field is owned by two of them: the lists would be merged by position", () => {
    const owners = new Map<string, string[]>();
    for (const { name, schema } of SUBGRAPHS) {
      for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
        for (const field of ownFields(root)) {
          const key = `${root?.name}.${field}`;
          owners.set(key, [...(owners.get(key) ?? []), name]);
        }
      }
    }
    expect([...owners].filter(([, names]) => names.length > 1)).toEqual([]);
    expect(owners.size).toBeGreaterThan(10);
  });

  test("every root field may be null, so that one part that fails does not take the answer with it", () => {
    for (const { schema } of SUBGRAPHS) {
      for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
        for (const field of ownFields(root)) expect(String(root?.getFields()[field]?.type), field).not.toMatch(/!$/);
      }
    }
  });

  test.each(SUBGRAPHS)("every type, field, argument and enum of $name is described", ({ schema }) => {
    const bare: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (/^_|^federation__|^link__/.test(type.name) || ["Query", "Mutation", "Subscription"].includes(type.name))
        continue;
      if (isEnumType(type) && !type.description) bare.push(type.name);
      if (!(isObjectType(type) || isInterfaceType(type) || isInputObjectType(type))) continue;
      if (!type.description) bare.push(type.name);
      for (const field of Object.values(type.getFields())) {
        if (!field.description) bare.push(`${type.name}.${field.name}`);
      }
    }
    for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
      for (const name of ownFields(root)) {
        const field = root?.getFields()[name];
        if (!field?.description) bare.push(name);
        for (const argument of field?.args ?? []) if (!argument.description) bare.push(`${name}(${argument.name})`);
      }
    }
    expect(bare).toEqual([]);
  });

  test("fields are read off the row: type-graphql wraps none that has no resolver of its own", () => {
    const amount = (transactions.schema.getType("CcvPayTransaction") as GraphQLObjectType).getFields()["amount"];
    expect(amount?.resolve).toBeUndefined();
  });

  test("supergraph.yaml names each of them with its committed schema", async () => {
    const config = parseYaml(await readFile(new URL("../../supergraph.yaml", import.meta.url), "utf8")) as {
      subgraphs: Record<string, { schema: { file: string } }>;
    };
    expect(Object.entries(config.subgraphs).map(([name, { schema }]) => [name, schema.file])).toEqual(
      SUBGRAPHS.map(({ name }) => [name, `./subgraphs/${name}/schema.graphql`]),
    );
  });
});

function ownFields(root: GraphQLObjectType | null | undefined): string[] {
  return Object.keys(root?.getFields() ?? {}).filter((name) => !name.startsWith("_"));
}
