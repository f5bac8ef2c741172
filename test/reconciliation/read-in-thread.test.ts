import { EventEmitter } from "node:events";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StagedPart } from "../../subgraphs/reconciliation/import/staged-file.ts";
import { readInThread } from "../../subgraphs/reconciliation/read-ahead/read-in-thread.ts";
import type { ThreadOrder, ThreadWord } from "../../subgraphs/reconciliation/read-ahead/reading-thread.ts";

/* What an import makes of what its reading thread says, and of its silence. */

const limits = { silentMs: 3_000, wholeMs: 10_000, heapMb: 96 };
const order = {
  routes: { accounts: [], terminals: [], merchants: [] },
  takenEarlier: new Set<number>(),
  onlyAccounts: null,
};
const nothing = { rows: 0, bytes: new Uint8Array() };
const chunk: StagedPart = { kind: "chunk", lines: nothing, sums: [], reports: nothing, entries: [], records: [] };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function begin() {
  const orders: ThreadOrder["kind"][] = [];
  const worker = Object.assign(new EventEmitter(), { postMessage: ({ kind }: ThreadOrder) => void orders.push(kind) });
  const told: bigint[] = [];
  const reading = readInThread(worker as unknown as Worker, {
    ...{ sha256: "0", limits, isReady: () => true },
    onProgress: async ({ rows }) => void told.push(rows),
  });
  const say = (word: ThreadWord) => worker.emit("message", word);
  return { reading, say, told, orders };
}

test("an import that never has to wait tells how far the reading is all the same, so that it keeps its lease", async () => {
  const { reading, say, told, orders } = begin();
  say({ kind: "opened" });
  await reading.begun();
  say({ kind: "passed", bytes: 10, rows: 7n, read: 10n });
  for (let times = 0; times < 3; times += 1) say({ kind: "staged", part: chunk });
  const parts = reading.stage(order)[Symbol.asyncIterator]();
  for (let times = 0; times < 3; times += 1) {
    await parts.next();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(told).toEqual([7n, 7n]);
  expect(orders).toEqual(["open", "stage", "spent", "spent"]);
});

test("what an import does between two parts is not its adapter's time, however long it takes", async () => {
  const { reading, say } = begin();
  say({ kind: "opened" });
  await reading.begun();
  say({ kind: "staged", part: chunk });
  const parts = reading.stage(order)[Symbol.asyncIterator]();
  await parts.next();
  await vi.advanceTimersByTimeAsync(3_600_000);
  const next = parts.next();
  await vi.advanceTimersByTimeAsync(2_900);
  say({ kind: "staged", part: chunk });
  expect(await next).toEqual({ done: false, value: chunk });
});

test.each([
  ["says nothing while its import waits", 0, /it was busy for 3 s/],
  ["says something again and again and comes to no end", 2_000, /it took more than 10 s/],
])("an adapter that %s is ended", async (_, everyMs, says) => {
  const { reading, say } = begin();
  say({ kind: "opened" });
  await reading.begun();
  const next = reading.stage(order)[Symbol.asyncIterator]().next();
  const refused = expect(next).rejects.toMatchObject({ code: "FILE_REJECTED", message: expect.stringMatching(says) });
  for (let times = 0; times < 8; times += 1) {
    await vi.advanceTimersByTimeAsync(2_000);
    if (everyMs > 0) say({ kind: "passed", bytes: times, rows: 0n, read: 0n });
  }
  await refused;
  expect(reading.isOver()).toBe(false);
});
