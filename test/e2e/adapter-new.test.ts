import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

// Whole processes on a machine that others use too.
vi.setConfig({ testTimeout: 180_000 });

const ROOT = join(import.meta.dirname, "../..");
const COPIED = ["adapters", "commands", "gateway", "simulator", "subgraphs", "concord.ts"];
const AND_FOR_TESTS = ["test", "package.json", "tsconfig.json", "vitest.config.ts", "supergraph.yaml"];
const run = promisify(execFile);

let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "concord-adapter-"));
  for (const name of [...COPIED, ...AND_FOR_TESTS]) await cp(join(ROOT, name), join(copy, name), { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(copy, "node_modules"));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

const concord = (...args: string[]) => run("node", ["--import", "tsx", "concord.ts", ...args], { cwd: copy });
const vitest = (...args: string[]) => run("node", ["node_modules/vitest/vitest.mjs", "run", ...args], { cwd: copy });

test("what the command writes is an adapter that passes the contract, once its golden file is written", async () => {
  const { stdout } = await concord("adapter", "new", "north-pay");
  expect(stdout).toContain("wrote adapters/providers/north-pay.ts");
  expect(stdout).toContain('Next, as CONTRIBUTING.md tells under "Add an acquirer"');
  const source = await readFile(join(copy, "adapters/providers/north-pay.ts"), "utf8");
  expect(source).toContain('name: "north-pay", provider: "north-pay"');
  expect(source).not.toContain("skeleton");
  await vitest("test/adapters/contract.test.ts", "-t", "north-pay|every adapter has a folder", "-u");
  const golden = await readFile(join(copy, "test/fixtures/north-pay/sample.csv.golden.json"), "utf8");
  expect(golden).toContain('"reference": "S-1"');
  const own = await vitest("test/adapters/north-pay.test.ts");
  expect(own.stdout).toMatch(/4 passed/);
  const inspected = await concord("inspect", "test/fixtures/north-pay/sample.csv", "--json").catch((failed) => failed);
  expect(JSON.parse(inspected.stdout)).toMatchObject({ adapter: "north-pay", rows: 6, events: { SALE: 2, REFUND: 1 } });
});

test.each([
  [["adapter", "new", "edenred"], /edenred.ts is there already; nothing was written/],
  [["adapter", "new", "North Pay"], /is no adapter's name: small letters/],
  [["adapter", "old", "north"], /usage: concord adapter new NAME/],
])("%j is a wrong call that writes nothing", async (args, says) => {
  const failed = await concord(...args).catch((error: { code: number; stderr: string }) => error);
  expect(failed).toMatchObject({ code: 2, stderr: expect.stringMatching(says) });
});
