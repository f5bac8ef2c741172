import { afterAll, beforeAll, expect, test } from "vitest";
import { LISTED_FIELDS } from "../../subgraphs/transactions/listed-fields.ts";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { at, type Graph, openGraph, type Row, transactionRow } from "../subgraphs/support/graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph("listed_fields", [subgraph], {
    vic: { mer_a: "viewer" },
    zoe: { mer_a: "viewer", mer_b: "viewer" },
  });
  const told = {
    merchant_reference: "order 7",
    last4: "1234",
    location_id: "loc_1",
    terminal_id: "ter_1",
    brand: "VISA",
  };
  await graph.insert(
    "transactions.transaction",
    transactionRow("ACQUIRER", "card", { ...told, dispute_state: "OPEN" }),
  );
  await graph.insert("transactions.transaction", transactionRow("E_VOUCHER", "meal", { ever_manual: true }));
  await graph.insert("transactions.transaction", transactionRow("CCV_PAY", "other", { merchant_id: "mer_b" }));
});
afterAll(() => graph.close());

const WITH_MEMBERS: Readonly<Record<string, string>> = {
  amount: "amount { amountMinor currency }",
  merchant: "merchant { id }",
  location: "location { id }",
  terminal: "terminal { id }",
};
const asked = (field: string) => WITH_MEMBERS[field] ?? field;

async function listed(user: string, selection: string): Promise<readonly Row[]> {
  const query = `{ transactions { edges { node { ...Asked } } } } fragment Asked on Transaction { ${selection} }`;
  const answer = await graph.ask(user, subgraph, query);
  expect(answer.errors).toBeUndefined();
  return (at(answer, "data", "transactions", "edges") as { node: Row }[]).map(({ node }) => node);
}

/** What was captured is worked out of the whole row. */
const WHOLE = `capturedAmount { amountMinor } ${LISTED_FIELDS.map(asked).join(" ")}`;

test.each(LISTED_FIELDS)(
  "a list that asks for %s alone says the same of it as one that reads whole rows",
  async (field) => {
    for (const user of ["vic", "zoe"]) {
      const whole = await listed(user, WHOLE);
      expect(whole).toHaveLength(user === "vic" ? 2 : 3);
      expect(await listed(user, asked(field))).toEqual(whole.map((node) => ({ [field]: node[field] })));
    }
  },
);

test("what is planned once says the same when it is asked again", async () => {
  const selection = LISTED_FIELDS.map(asked).join(" ");
  const first = await listed("vic", selection);
  for (let again = 0; again < 12; again += 1) expect(await listed("vic", selection)).toEqual(first);
  await graph.insert("transactions.transaction", transactionRow("CCV_PAY", "late"));
  expect(await listed("vic", selection)).toHaveLength(first.length + 1);
});
