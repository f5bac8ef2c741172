import { afterAll, beforeAll, expect, test } from "vitest";
import { setUpMerchant } from "../../commands/administer.ts";
import { type GraphClient, type GraphError, signIn } from "../support/graph-client.ts";
import { openSite, type Site } from "../support/processes.ts";
import { openParts } from "../support/sample-files.ts";
import { edenredFile, terminalJournal } from "../support/settlement-files.ts";
import { until } from "../support/until.ts";
import { CALL_SETTINGS, type HttpGraph, startHttpGraph } from "./http-graph.ts";

const MERCHANT = "mer_http";

let site: Site;
let gateway: string;
let finance: GraphClient;
let subgraphs: HttpGraph["subgraphs"];

beforeAll(async () => {
  site = await openSite("http_mode", CALL_SETTINGS);
  await register();
  const worker = site.start(["worker"]);
  ({ url: gateway, subgraphs } = await startHttpGraph(site));
  await worker.says("the worker works");
  finance = await signIn(gateway, "finance");
}, 300_000);

afterAll(() => site?.close());

test("a file uploaded through the gateway is applied and answered for", async () => {
  await upload(
    "journal.ndjson",
    terminalJournal("90000001", [
      { amount: 1240, account: "Shop", pspReference: "PSP1", authCode: "A1", maskedPan: "541333XXXXXX0001" },
      { amount: 850, circuit: "EDRD", account: "7000001", pspReference: "100", product: "01" },
    ]),
  );
  await upload("reimbursement.csv", edenredFile("7000001", [{ transaction: "100", amount: 850, commission: 17 }]));
  await until(async () => (await list()).data?.transactions.edges.some(isSettled) === true);
  const { data, errors } = await list();
  expect(errors).toBeUndefined();
  expect(data?.transactions).toMatchObject({
    totalCount: "2",
    edges: [
      { node: { __typename: "AcquirerTransaction", merchantAccount: "Shop", reconciliationState: "EXPECTED" } },
      {
        node: {
          __typename: "VoucherTransaction",
          issuer: "EDENRED",
          purse: "MEAL",
          reconciliationState: "MATCHED",
          settlement: [{ fileName: "reimbursement.csv", lineNumber: "2", net: { amountMinor: "833" } }],
        },
      },
    ],
  });
});

test("without one subgraph the list still comes; its own fields alone are null, each with its error", async () => {
  const whole = await list();
  await subgraphs.get("e-vouchers")?.service.stop();
  const { data, errors } = await list();
  const position = whole.data?.transactions.edges.findIndex(({ node }) => node.__typename === "VoucherTransaction");
  const voucher = whole.data?.transactions.edges[position!]?.node;
  expect(data?.transactions.totalCount).toBe("2");
  expect(data?.transactions.edges[position!]?.node).toEqual({ ...voucher, issuer: null, purse: null });
  expect(data?.transactions.edges[1 - position!]).toEqual(whole.data?.transactions.edges[1 - position!]);
  const places = errors?.map(({ path, extensions }) => ({ path: path?.join("."), code: extensions.code }));
  const at = (field: string) => ({
    path: `transactions.edges.${position}.node.${field}`,
    code: "SUBGRAPH_UNAVAILABLE",
  });
  expect(places?.sort((a, b) => (`${a.path}` < `${b.path}` ? -1 : 1))).toEqual([at("issuer"), at("purse")]);
});

test("once the subgraph is back, answers are whole again", async () => {
  const { url, environment } = subgraphs.get("e-vouchers")!;
  const back = site.start(["subgraph", "e-vouchers", "--port", new URL(url).port], environment);
  await back.says("the subgraph answers");
  await until(async () => (await list()).errors === undefined);
  const { data } = await list();
  expect(data?.transactions.edges.map(({ node }) => node)).toContainEqual(
    expect.objectContaining({ __typename: "VoucherTransaction", issuer: "EDENRED", purse: "MEAL" }),
  );
});

async function register(): Promise<void> {
  const system = await openParts(site);
  try {
    await system.migrate();
    await setUpMerchant(await system.open("worker", 1), {
      merchant: { id: MERCHANT, name: "Shop", zone: "Europe/Brussels" },
      locations: [{ id: "loc_http", name: "Gent", city: "Gent", country: "BE", zone: "Europe/Brussels" }],
      terminals: [
        {
          id: "ter_http",
          tid: "90000001",
          locationId: "loc_http",
          validFrom: "2020-01-01T00:00:00.000Z",
          validTo: null,
        },
      ],
      providerAccounts: [
        { provider: "adyen", account: "Shop" },
        { provider: "edenred", account: "7000001" },
      ],
    });
  } finally {
    await system.close();
  }
}

/** Sends a file and waits until it is applied. */
async function upload(name: string, content: string): Promise<void> {
  const response = await fetch(`${gateway}/files?name=${name}`, {
    method: "POST",
    headers: { authorization: `Bearer ${finance.token}`, "content-type": "application/octet-stream" },
    body: content,
  });
  const { id, ...told } = (await response.json()) as { readonly id: string; readonly name: string };
  expect([response.status, told]).toMatchObject([201, { name, alreadyKnown: false, merchantId: MERCHANT }]);
  const query = "query ($id: ID!) { settlementFile(id: $id) { status problem } }";
  await until(async () => {
    const { settlementFile } = await finance.data<{ settlementFile: { status: string } | null }>(query, { id });
    return settlementFile?.status === "APPLIED";
  });
}

function list() {
  return finance.ask<List>(`{
    transactions(first: 10, orderBy: { field: AMOUNT, direction: DESC }) {
      totalCount
      edges { node {
        __typename id status amount { amountMinor currency } location { name }
        reconciliationState settlement { fileName lineNumber net { amountMinor } }
        ... on VoucherTransaction { issuer purse }
        ... on AcquirerTransaction { merchantAccount }
      } }
    }
  }`) as Promise<{ readonly data?: List | null; readonly errors?: readonly GraphError[] }>;
}

function isSettled({ node }: Edge): boolean {
  return node.reconciliationState === "MATCHED";
}

type Edge = { readonly node: { readonly __typename: string; readonly reconciliationState: string | null } };
type List = { readonly transactions: { readonly totalCount: string; readonly edges: readonly Edge[] } };
