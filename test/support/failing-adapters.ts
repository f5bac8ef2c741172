import { setTimeout as delay } from "node:timers/promises";
import type { SettlementAdapter } from "../../adapters/adapter.ts";
import { adapterFor as adapterOf } from "../../adapters/registry.ts";
import { lineAdapter } from "./line-adapter.ts";

/** The registry, and adapters that fail as code fails: each takes the files that begin with its name. */
export function adapterFor(head: string): SettlementAdapter {
  return FAILING.find(({ accepts }) => accepts(head)) ?? adapterOf(head);
}

const skipped = (line: number) => ({ kind: "skipped", line, raw: "x", reason: "a line of a test" }) as const;

const FAILING = [
  lineAdapter("throws", () => {
    throw new TypeError("cannot read properties of undefined");
  }),
  lineAdapter("loops", (_, line) => {
    while (line >= 3);
    return [skipped(line)];
  }),
  lineAdapter("loops-first", () => [], {
    // biome-ignore lint/correctness/useYield: that it yields nothing is the point
    read: async function* () {
      for (;;);
    },
  }),
  lineAdapter("waits", () => [], {
    // biome-ignore lint/correctness/useYield: that it yields nothing is the point
    read: async function* () {
      for (;;) await delay(50);
    },
  }),
  lineAdapter("multiplies", () => [], {
    read: async function* () {
      for (let line = 1; ; line++) yield [skipped(line)];
    },
  }),
  lineAdapter("eats", (_, line) => {
    const eaten: object[] = [];
    for (;;) eaten.push({ line, more: Array.from({ length: 100 }, () => ({})) });
  }),
  lineAdapter("lets-go", (_, line) => {
    void Promise.reject(new Error("nobody waits for this"));
    return [skipped(line)];
  }),
  lineAdapter("quits", () => process.exit(0)),
  lineAdapter("lines", () => [], {
    read: async function* (file) {
      let line = 0;
      for await (const piece of file) {
        yield Array.from({ length: piece.filter((byte) => byte === 0x0a).length }, () => skipped(++line));
      }
    },
  }),
];
