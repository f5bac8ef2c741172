import { graphql } from "graphql";
import { expect, test } from "vitest";
import { createEngine } from "../../gateway/engine/create-engine.ts";
import { createReloadableEngine } from "../../gateway/engine/reloadable-engine.ts";
import type { SubgraphFetch } from "../../gateway/engine/subgraph.ts";
import { PAYMENTS_GRAPH } from "./payments-graph.ts";
import { asJson, createTestGraph, single } from "./test-graph.ts";

const { supergraphSdl, schemas } = createTestGraph(PAYMENTS_GRAPH);

/** The same graph at addresses that tell which reload a call comes from. */
const version = (number: number) => supergraphSdl.replace(/(\w+)\.test/g, `$1.v${number}.test`);

/** Answers like the subgraphs and keeps, by request, which versions it was called from. */
function recorded() {
  const versions = new Map<string, Set<string>>();
  const fetch: SubgraphFetch = async (url, { body, headers }) => {
    const [name, number] = new URL(url).hostname.split(".") as [string, string];
    const request = headers["x-request"] as string;
    versions.set(request, (versions.get(request) ?? new Set()).add(number));
    const { query, variables } = JSON.parse(body);
    // A turn of the event loop between two fetches is a chance for a reload to come between them.
    await new Promise((resolve) => setImmediate(resolve));
    return new Response(
      JSON.stringify(await graphql({ schema: schemas[name]!, source: query, variableValues: variables })),
    );
  };
  return { versions, fetch };
}

const open = (fetch: SubgraphFetch) =>
  createReloadableEngine(version(0), (sdl) => createEngine({ supergraphSdl: sdl, fetch }));

const QUERY = (request: number) => `{ r${request}: payments { id state payer { email } } }`;

test("twenty reloads under load lose no request, mix no two graphs and leave nothing of the old one", async () => {
  const { versions, fetch } = recorded();
  const engine = open(fetch);
  let started = 0;
  let isReloading = true;
  const failures: unknown[] = [];
  async function load(): Promise<void> {
    while (isReloading) {
      const request = started++;
      // Half of them are new to the engine, so that it is planning them when the reload comes.
      const name = request % 2 === 0 ? request : 1;
      const result = single(
        await engine.execute({ query: QUERY(name), context: { headers: { "x-request": `${request}` } } }),
      );
      const rows = result.data?.[`r${name}`] as readonly { state: string | null }[] | null | undefined;
      if (result.errors || rows?.length !== 3 || rows.some(({ state }) => state === null))
        failures.push(asJson(result));
    }
  }
  const workers = Array.from({ length: 8 }, load);
  for (let number = 1; number <= 20; number++) {
    const before = started;
    await engine.reload(version(number));
    while (started < before + 8) await new Promise((resolve) => setImmediate(resolve));
  }
  isReloading = false;
  await Promise.all(workers);
  expect(failures).toEqual([]);
  expect(versions.size).toBe(started);
  expect([...versions.values()].filter(({ size }) => size !== 1)).toEqual([]);
  const used = new Set([...versions.values()].flatMap((seen) => [...seen]));
  expect(used).toContain("v20");
  expect(used.size).toBeGreaterThan(15);
});

test("a reload is over when the last request of the old graph is, and new requests do not wait for it", async () => {
  const { versions, fetch } = recorded();
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const engine = open(async (url, init) => {
    if (init.headers["x-request"] === "old") await held;
    return fetch(url, init);
  });
  const ask = async (name: string) =>
    single(await engine.execute({ query: QUERY(1), context: { headers: { "x-request": name } } }));
  const old = ask("old");
  const order: string[] = [];
  const reloaded = engine.reload(version(1)).then(() => order.push("reloaded"));
  expect((await ask("new")).errors).toBeUndefined();
  order.push("new");
  release();
  expect((await old).errors).toBeUndefined();
  await reloaded;
  expect(order).toEqual(["new", "reloaded"]);
  expect(Object.fromEntries(versions)).toEqual({ old: new Set(["v0"]), new: new Set(["v1"]) });
  await engine.close();
  expect((await ask("late")).errors).toHaveLength(1);
});

test("a supergraph that cannot be used leaves the present one in place", async () => {
  const { fetch } = recorded();
  const engine = open(fetch);
  await expect(engine.reload("type Query {")).rejects.toThrow();
  const result = single(await engine.execute({ query: QUERY(1), context: { headers: { "x-request": "1" } } }));
  expect(result.errors).toBeUndefined();
});
