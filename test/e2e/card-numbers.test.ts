import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from "graphql";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { type Command, runCommand } from "../../commands/command.ts";
import { command as grant } from "../../commands/grant.ts";
import { command as ingest } from "../../commands/ingest.ts";
import { command as inspect } from "../../commands/inspect.ts";
import { command as reconcile } from "../../commands/reconcile.ts";
import { readConfig } from "../../subgraphs/shared/config.ts";
import { socketClient } from "../gateway/support/socket-client.ts";
import { type CardHouse, openCardHouse } from "../support/card-house.ts";
import { seededCardNumbers } from "../support/card-numbers.ts";
import type { Shop } from "../support/ledger.ts";
import { PROJECT_ROOT } from "../support/readme.ts";
import { scatteredOperations } from "../support/scattered-operations.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";
import { adyenDelivery } from "../support/webhook-senders.ts";

/*
 * A thousand card numbers, put wherever a person, a shop or a file can put text. None may be found anywhere afterwards.
 * The files themselves are kept as they came (their hash is what they are known by) and references that a provider issues
 * are no text; SECURITY.md says so.
 */

const COUNT = 1_000;
const cards = seededCardNumbers(COUNT, 20_261_128);
const answers: string[] = [];
let house: CardHouse;
let shop: Shop;
beforeAll(async () => {
  house = await openCardHouse();
  shop = await house.openShop();
});
afterAll(() => house?.close());

async function send(path: string, init: RequestInit = {}): Promise<string> {
  const headers = { authorization: "Bearer ann", ...(init.headers as Record<string, string>) };
  const response = await fetch(`${house.gateway.url}${path}`, { ...init, headers });
  const text = await response.text();
  answers.push(text, JSON.stringify([...response.headers]));
  return text;
}

const ask = async (query: string, variables: object = {}) =>
  JSON.parse(
    await send("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
    }),
  ) as { readonly data: Record<string, never> };

test("files of every format, with numbers in their texts and names, as uploads", async () => {
  const upload = (content: string | Buffer, name: string, headers = {}) =>
    send(`/files?name=${encodeURIComponent(name)}`, { method: "POST", body: content, headers });
  const entries = Array.from({ length: 40 }, (_, index) => ({
    amount: 100 + index,
    account: shop.adyen,
    stan: `${index}`,
    merchantReference: cards.next(),
    ticket: cards.next(),
  }));
  await upload(terminalJournal(shop.terminal, entries), `${cards.next()}.ndjson`);
  // References are made of a terminal's number and are no text to mask: the row waits, and does not come in.
  await upload(terminalJournal(cards.nextPlain(), [{ amount: 99, account: shop.adyen, stan: "99" }]), "till.ndjson");
  const lines = Array.from({ length: 40 }, (_, index) => ({
    psp: `PSP${index}`,
    gross: 100 + index,
    merchantReference: cards.next(),
  }));
  await upload(adyenReport(shop.adyen, lines), `settled ${cards.next()}.csv`);
  await upload(`${cards.next()};${cards.next()}\n`, "unknown.csv", { "x-file-name": cards.next() });
  for (const [name, content] of await spoiltFixtures()) await upload(content, `${cards.next()} ${name}`);
  const form = new FormData();
  form.append("file", new Blob([`no format ${cards.next()}`]), `${cards.next()}.txt`);
  await send("/files", { method: "POST", body: form });
  await house.settled();
  const [found] = await house.ledger.rows<{ found: number }>(
    "select count(*)::int as found from reconciliation.source_file where status in ('APPLIED', 'PARTIALLY_APPLIED')",
  );
  expect(found?.found, "no file was taken").toBeGreaterThan(3);
  expect(
    await house.ledger.rows(
      "select problem from reconciliation.source_record where problem like 'a card number stands%'",
    ),
  ).toHaveLength(1);
});

/** A fixture of each adapter, its words replaced by numbers: some are still taken, and some are refused with a reason. */
async function spoiltFixtures(): Promise<(readonly [string, string])[]> {
  const folder = join(PROJECT_ROOT, "test/fixtures");
  return Promise.all(
    (await readdir(folder)).map(async (adapter) => {
      const [name = ""] = (await readdir(join(folder, adapter))).filter((file) => !file.endsWith(".golden.json"));
      return [name, spoil(await readFile(join(folder, adapter, name), "latin1"))] as const;
    }),
  );
}

/** Puts a number behind or in place of a free text now and then, beginning after the head that adapters know formats by. */
function spoil(text: string): string {
  let words = 0;
  const head = Math.min(text.length, text.indexOf("\n") + 1 || 200);
  return (
    text.slice(0, head) +
    text.slice(head).replace(/(?<=[;,"\t>])[A-Za-z][A-Za-z ]{5,30}(?=[;,"\t<])/g, (word) => {
      words += 1;
      return words % 3 === 0 && words < 60 ? cards.nextPlain() : word;
    })
  );
}

test("every argument of the graph, as variables and as literals, and what people write in decisions", async () => {
  const { data } = await ask(getIntrospectionQuery());
  const schema = buildClientSchema(data as unknown as IntrospectionQuery);
  for (const { query, variables } of scatteredOperations(schema, cards.next)) await ask(query, variables);
  await ask(`{ __typename }`, { unused: cards.next() });
  await ask(`query op${cards.nextPlain()} { __typename } # ${cards.next()}`);
  await ask(`{ field${cards.nextPlain()} }`);
  await ask(`{ ${cards.next()}`);
  const discrepancies = await house.ledger.rows<{ id: string }>(
    "select id from reconciliation.discrepancy where merchant_id = $1 and state = 'OPEN' limit 20",
    [shop.id],
  );
  expect(discrepancies.length, "there is nothing to write comments on").toBeGreaterThan(5);
  for (const { id: discrepancyId } of discrepancies) {
    const input = { discrepancyId, idempotencyKey: `comment-${discrepancyId}`, text: `look at ${cards.next()}` };
    const commented = await ask(COMMENT, { input });
    expect(JSON.stringify(commented)).toContain("look at");
    await ask(RESOLVE, {
      input: {
        discrepancyId,
        idempotencyKey: `resolve-${discrepancyId}`,
        resolution: "ACCEPTED",
        reason: cards.next(),
      },
    });
  }
  const content = JSON.stringify({ version: 1, comment: cards.next() });
  await ask(RULES, { input: { content, note: cards.next() } });
  await house.settled();
});

const COMMENT = `mutation ($input: CommentDiscrepancyInput!) { commentDiscrepancy(input: $input) {
  __typename ... on Discrepancy { comments { text } } } }`;
const RESOLVE = `mutation ($input: ResolveDiscrepancyInput!) { resolveDiscrepancy(input: $input) {
  __typename ... on Discrepancy { resolutionReason proposal { reason } } } }`;
const RULES = "mutation ($input: AddRuleSetInput!) { addRuleSet(input: $input) { __typename } }";

test("headers, addresses, bodies and webhooks", async () => {
  const body = JSON.stringify({ query: "{ __typename }" });
  const headers = ["x-request-id", "accept", "user-agent", "x-show-cost", "traceparent", "cookie", "x-forwarded-for"];
  for (const header of [
    ...headers,
    "authorization",
    "content-type",
    "content-encoding",
    "origin",
    "apollo-require-preflight",
  ]) {
    for (const value of [cards.nextPlain(), cards.next(), `Bearer ${cards.nextPlain()}`]) {
      const given = { "content-type": "application/json", [header]: value };
      await send("/graphql", { method: "POST", headers: given, body }).catch(() => undefined);
    }
  }
  const span = "0af7651916cd43dd8448eb211c80319c";
  for (let turn = 0; turn < 20; turn++) {
    const traceparent = `00-${span}-${cards.nextPlain().slice(0, 16).padStart(16, "b")}-01`;
    await send("/graphql", { method: "POST", headers: { "content-type": "application/json", traceparent }, body });
    await send(`/${cards.nextPlain()}`);
    await send(`/${encodeURIComponent(cards.next())}?card=${cards.nextPlain()}`);
    await send(`/graphql?query=${encodeURIComponent(`{ x(id: "${cards.next()}") }`)}`, {
      headers: { "apollo-require-preflight": "1" },
    });
    await send(`/files?merchant=${encodeURIComponent(cards.next())}&name=a.csv`, { method: "POST", body: "x" });
    await send("/graphql", { method: "POST", body: cards.next(), headers: { "content-type": "application/json" } });
  }
  const item = (index: number) => ({
    eventCode: "AUTHORISATION",
    pspReference: `HOOK${index}`,
    merchantAccountCode: shop.adyen,
    merchantReference: cards.next(),
    additionalData: { cardNumber: cards.nextPlain(), note: cards.next() },
  });
  for (let turn = 0; turn < 10; turn++) {
    for (const key of [undefined, "bb".repeat(32)]) {
      const { body: message } = adyenDelivery([item(turn)], key);
      await send("/webhooks/adyen", {
        method: "POST",
        body: new Uint8Array(message),
        headers: { "x-note": cards.next() },
      });
    }
    await send("/webhooks/adyen", { method: "POST", body: cards.next() });
    await send(`/webhooks/${cards.nextPlain()}`, { method: "POST", body: "{}" });
  }
  await house.settled();
});

test("operations, messages and tokens over a socket", async () => {
  const { url } = house.gateway;
  const known = socketClient(url, { connectionParams: { authorization: "Bearer ann", note: cards.next() } });
  for (let turn = 0; turn < 10; turn++) {
    for (const operation of [
      { query: `{ x(id: "${cards.next()}") }` },
      { query: "{ __typename }", variables: { unused: cards.next() }, operationName: cards.next() },
      { query: `subscription { reconciliationRunProgress(id: "${cards.nextPlain()}") { id } }` },
      { query: cards.next(), extensions: { note: cards.next() } },
    ])
      answers.push(JSON.stringify(await known.run(operation)));
  }
  expect(JSON.stringify(await known.run({ query: "{ viewer { id } }" }))).toContain('"ann"');
  for (const authorization of [`Bearer ${cards.nextPlain()}`, cards.next()])
    answers.push(
      JSON.stringify(await socketClient(url, { connectionParams: { authorization } }).run({ query: "{ x }" })),
    );
  answers.push(await rawMessage(url, cards.next()), await rawMessage(url, JSON.stringify({ type: cards.next() })));
});

/** What a socket says before it closes on a message that is none. */
function rawMessage(url: string, text: string): Promise<string> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/graphql`, "graphql-transport-ws");
  const said: string[] = [];
  socket.on("open", () => socket.send(text));
  socket.on("message", (data) => said.push(String(data)));
  return new Promise((resolve) => {
    socket.on("close", (code, reason) => resolve(JSON.stringify([said, code, String(reason)])));
  });
}

test("arguments of commands", async () => {
  const file = join(tmpdir(), `paid ${cards.nextPlain()}.csv`);
  await writeFile(file, adyenReport("Elsewhere", [{ psp: "CLI1", gross: 100, merchantReference: cards.next() }]));
  const written = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write").mockReturnValue(true));
  try {
    for (const json of [[], ["--json"]]) {
      await run(inspect, [file, ...json]);
      await run(ingest, [file, "--merchant", cards.nextPlain(), ...json]);
      await run(ingest, [file, "--merchant", shop.id, ...json]);
      await run(grant, ["--merchant", shop.id, "--user", cards.nextPlain(), "--role", "viewer", ...json]);
      await run(reconcile, ["--merchant", cards.nextPlain(), ...json]);
    }
    answers.push(...written.flatMap(({ mock }) => mock.calls.map(([text]) => String(text))));
  } finally {
    for (const spy of written) spy.mockRestore();
    await rm(file);
  }
});

/** What it throws is told by `concord.ts`, which masks it as it does the rest. */
const run = (command: Command, args: readonly string[]) =>
  runCommand(
    command,
    args,
    readConfig({ DATABASE_URL: house.ledger.url, CONCORD_DATA: tmpdir(), LOG_LEVEL: "trace" }),
  ).catch(() => undefined);

test("exports and the documents of closings, of every format", async () => {
  const input = { locale: "EN", zone: "Europe/Brussels", filter: { merchants: [shop.id] } };
  for (const format of ["CSV", "XLSX", "PDF"]) {
    const given = { ...input, format, idempotencyKey: `cards-${format}` };
    expect(JSON.stringify(await ask(EXPORT, { input: given }))).toContain('"Export"');
  }
  const [from, to] = ["2026-11-01T00:00:00+01:00", new Date().toISOString()];
  const period = { merchantId: shop.id, kind: "PERIOD", from, to, idempotencyKey: "cards-close" };
  expect(JSON.stringify(await ask(CLOSE, { input: period }))).toContain('"Closing"');
  const files = await house.exported();
  expect([...new Set(files.map(({ format }) => format))].sort()).toEqual(["CLOSING", "CSV", "PDF", "XLSX"]);
  // They tell what shops wrote: the numbers that were in it are masked, not left out with it.
  for (const format of ["CSV", "XLSX"])
    expect(
      files.some((file) => file.format === format && /\d{6}\*{3,}\d{4}/.test(file.text)),
      format,
    ).toBe(true);
  answers.push(...files.map(({ text }) => text));
});

const EXPORT = "mutation ($input: CreateExportInput!) { createExport(input: $input) { __typename } }";
const CLOSE = "mutation ($input: ClosePeriodInput!) { closePeriod(input: $input) { __typename } }";

test("no number is found: not in a table, the queue, a log, a trace, a metric or an answer", async () => {
  // What was kept is also told again: lists show the texts that people and shops wrote.
  for (const query of LISTS) await ask(query);
  const found: Record<string, readonly string[]> = {};
  for (const [place, text] of Object.entries({ ...(await house.kept()), answers: answers.join("\n") })) {
    const traces = cards.tracesIn(text);
    if (traces.length > 0) found[place] = [`${traces.length} in all`, ...traces.slice(0, 12)];
  }
  expect(found).toEqual({});
  expect(cards.used()).toBe(COUNT);
});

const LISTS = [
  "{ transactions(first: 100) { edges { node { id ticket merchantReference } } } }",
  "{ settlementFiles(first: 100) { edges { node { name problem } } } }",
  "{ discrepancies(first: 100) { edges { node { explanation comments { text } } } } }",
];
