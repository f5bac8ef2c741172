import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { setUpMerchant } from "../../commands/administer.ts";
import { createEventReader } from "../../gateway/engine/event-reader.ts";
import { type GraphClient, signIn } from "../support/graph-client.ts";
import { openSite, type Site } from "../support/processes.ts";
import { openParts } from "../support/sample-files.ts";
import { adyenReport, edenredFile, terminalJournal } from "../support/settlement-files.ts";
import { until } from "../support/until.ts";
import { CALL_SETTINGS, startHttpGraph } from "./http-graph.ts";

const MERCHANT = "mer_follow";
const ARN = "85412345678901234567890";

let site: Site;
let gateway: string;
let finance: GraphClient;

beforeAll(async () => {
  site = await openSite("subscription", CALL_SETTINGS);
  await register();
  ({ url: gateway } = await startHttpGraph(site, ["transactions", "e-vouchers", "acquirers", "reconciliation"]));
  finance = await signIn(gateway, "finance");
}, 300_000);

afterAll(() => site?.close());

const QUERY = `subscription {
  transactionChanged {
    __typename status amount { amountMinor }
    reconciliationState settlement { fileName lineNumber net { amountMinor } }
    ... on AcquirerTransaction { merchantAccount arn }
    ... on VoucherTransaction { issuer purse }
  }
}`;

test("what another process ingests is told over SSE and graphql-ws, with the provider's and the settlement's fields", async () => {
  const followers = { events: await followEvents(), socket: followSocket() };
  // Each has reached its subgraph once it has told of a change; until then a change could come too early for it.
  const journal = terminalJournal("90000009", [
    { amount: 1240, account: "Follow", pspReference: "PSP9", authCode: "A9", maskedPan: "541333XXXXXX0009" },
    { amount: 850, circuit: "EDRD", account: "7000009", pspReference: "900", product: "01" },
  ]);
  await untilFollowed(Object.values(followers));
  await ingest("journal.ndjson", journal);
  const acquirer = { __typename: "AcquirerTransaction", amount: { amountMinor: "1240" }, merchantAccount: "Follow" };
  const voucher = {
    __typename: "VoucherTransaction",
    amount: { amountMinor: "850" },
    issuer: "EDENRED",
    purse: "MEAL",
  };
  for (const { told } of Object.values(followers)) {
    const expected = [
      { ...acquirer, arn: null, reconciliationState: "EXPECTED", settlement: [] },
      { ...voucher, reconciliationState: "EXPECTED", settlement: [] },
    ];
    for (const each of expected) await untilTold(told, each);
  }
  await ingest("reimbursement.csv", edenredFile("7000009", [{ transaction: "900", amount: 850, commission: 17 }]));
  await ingest(
    "settlement.csv",
    adyenReport("Follow", [{ psp: "PSP9", gross: 1240, fee: 15, arn: ARN, authorisation: "A9" }]),
  );
  const line = (fileName: string, lineNumber: string, net: string) => [
    { fileName, lineNumber, net: { amountMinor: net } },
  ];
  for (const { told } of Object.values(followers)) {
    const expected = [
      { ...voucher, reconciliationState: "MATCHED", settlement: line("reimbursement.csv", "2", "833") },
      { ...acquirer, arn: ARN, reconciliationState: "MATCHED", settlement: line("settlement.csv", "2", "1225") },
    ];
    for (const each of expected) await untilTold(told, each);
    expect(told.filter((one) => one === undefined)).toEqual([]);
  }
});

type Follower = { readonly told: readonly (Record<string, unknown> | null | undefined)[] };
type Answer = {
  readonly data?: { readonly transactionChanged: Record<string, unknown> | null };
  readonly errors?: unknown;
};

/** `undefined` stands for an answer that was not whole. */
function changeOf({ data, errors }: Answer): Follower["told"][number] {
  return errors ? undefined : data?.transactionChanged;
}

async function followEvents(): Promise<Follower> {
  const client = new AbortController();
  onTestFinished(() => client.abort());
  const response = await fetch(`${gateway}/graphql`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${finance.token}`,
      "content-type": "application/json",
      accept: "text/event-stream",
    },
    body: JSON.stringify({ query: QUERY }),
    signal: client.signal,
  });
  expect(response.status).toBe(200);
  const told: Follower["told"][number][] = [];
  const read = createEventReader(1_000_000);
  (async () => {
    for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
      for (const { name, data } of read(piece)) if (name === "next") told.push(changeOf(JSON.parse(data) as Answer));
    }
  })().catch(() => undefined);
  return { told };
}

function followSocket(): Follower {
  const client = createClient({
    url: `${gateway.replace(/^http/, "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${finance.token}` },
  });
  onTestFinished(() => client.dispose());
  const told: Follower["told"][number][] = [];
  client.subscribe(
    { query: QUERY },
    { next: (answer) => told.push(changeOf(answer as Answer)), error: () => told.push(undefined), complete: () => {} },
  );
  return { told };
}

/** Ingests small files until every follower has heard of one: from then on nothing can come too early. */
async function untilFollowed(followers: readonly Follower[]): Promise<void> {
  let count = 0;
  await until(async () => {
    count += 1;
    const entry = { amount: count, account: "Follow", pspReference: `WARM${count}`, authCode: `W${count}` };
    await ingest(`warm-${count}.ndjson`, terminalJournal("90000009", [entry]));
    return followers.every(({ told }) => told.length > 0);
  });
}

/** Takes a file in with the command line: a process that knows nothing of the gateway. */
async function ingest(name: string, content: string): Promise<void> {
  const path = join(site.folder, name);
  await writeFile(path, content);
  const { code, stderr } = await site.run(["ingest", path, "--merchant", MERCHANT]);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
}

async function untilTold(told: Follower["told"], expected: object): Promise<void> {
  const hasCome = () => told.some((one) => equals(one, expect.objectContaining(expected)));
  await until(hasCome, 20_000).catch(() => undefined);
  expect(told).toContainEqual(expect.objectContaining(expected));
}

function equals(told: unknown, expected: unknown): boolean {
  try {
    expect(told).toEqual(expected);
    return true;
  } catch {
    return false;
  }
}

async function register(): Promise<void> {
  const system = await openParts(site);
  try {
    await system.migrate();
    const since = "2020-01-01T00:00:00.000Z";
    await setUpMerchant(await system.open("worker", 1), {
      merchant: { id: MERCHANT, name: "Follow", zone: "Europe/Brussels" },
      locations: [{ id: "loc_follow", name: "Gent", city: "Gent", country: "BE", zone: "Europe/Brussels" }],
      terminals: [{ id: "ter_follow", tid: "90000009", locationId: "loc_follow", validFrom: since, validTo: null }],
      providerAccounts: [
        { provider: "adyen", account: "Follow" },
        { provider: "edenred", account: "7000009" },
      ],
    });
  } finally {
    await system.close();
  }
}
