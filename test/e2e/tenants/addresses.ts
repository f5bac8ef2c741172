import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readPdf } from "../../subgraphs/exports/read-pdf.ts";
import { PROJECT_ROOT } from "../../support/readme.ts";
import { tableDigests } from "../../support/table-digests.ts";
import { BETWEEN, NOBODY, ROLES, userOf } from "./marked-merchants.ts";
import { foreignMarks, lookThrough, type MerchantNumber, merchantIdOf } from "./marks.ts";
import { BOTH, type Download, openTenantGraph, type TenantGraph } from "./tenant-graph.ts";
import type { Tenants } from "./tenants.ts";

/** Addresses beside the graph that take an id, and what the id is of. */
const ADDRESSES: Readonly<Record<string, "export" | "closing">> = {
  "/exports/:id": "export",
  "/closings/:id": "closing",
};

/** What has an address of its own is answered to others as what is not there. */
export function addresses(tenants: () => Tenants): void {
  describe("addresses", () => {
    test("each that takes an id is in the table", async () => {
      const found = new Set<string>();
      for (const name of await readdir(join(PROJECT_ROOT, "gateway"), { recursive: true })) {
        if (!name.endsWith(".ts")) continue;
        const text = await readFile(join(PROJECT_ROOT, "gateway", name), "utf8");
        for (const [, path = ""] of text.matchAll(/["`](\/[\w/-]*:\w+[\w/:-]*)["`]/g)) found.add(path);
      }
      expect([...found].sort()).toEqual(Object.keys(ADDRESSES).sort());
    });

    test.each([[BOTH], [["row-security"]], [["application"]]] as const)(
      "held by %s, what is another's is answered byte for byte as what nobody has, to everybody",
      async (guards) => {
        const graph = await openTenantGraph(tenants().ledger, { all: guards });
        try {
          await answerAlike(tenants(), graph);
        } finally {
          await graph.close();
        }
      },
      LONG_MS,
    );

    test("who asked for it has it, with nothing of others in it, and what was refused is in their own audit alone", async () => {
      const { graph, owners, ledger } = tenants();
      for (const number of [1, 2] as const) {
        for (const { path, id, kind } of await things(tenants(), number)) {
          const { status, headers, bytes } = await graph.fetch(userOf("administrator", number), "GET", path(id));
          const text = kind === "closing" ? readPdf(bytes).flat().join("\n") : bytes.toString();
          expect([status, text.length > 100], `${path(id)} ${text.slice(0, 200)}`).toEqual([200, true]);
          const seen = lookThrough(text.split(/[;,\n"]/), [number], owners).foreign;
          expect([...seen, ...foreignMarks(headers + text, [number])]).toEqual([]);
        }
      }
      for (const { kind } of await things(tenants(), 2)) {
        const denied = await ledger.rows(DENIED, [`${kind}.download`]);
        const at = (number: MerchantNumber) => denied.filter((row) => row["merchant_id"] === merchantIdOf(number));
        expect([at(1).length > 0, at(2).filter(({ actor_id }) => `${actor_id}`.includes("M1Q7"))]).toEqual([true, []]);
      }
    });
  });
}

type Thing = { readonly kind: "export" | "closing"; readonly id: string; readonly path: (id: string) => string };

async function things({ ledger }: Tenants, number: MerchantNumber): Promise<readonly Thing[]> {
  const merchantId = merchantIdOf(number);
  const queries = {
    export: "select id from transactions.export where merchant_id = $1 and status = 'SUCCEEDED' order by id limit 1",
    closing: "select id from transactions.closing where merchant_id = $1 order by id limit 1",
  };
  const named = Object.entries(ADDRESSES).map(([path, kind]) => ({ path, kind }));
  return Promise.all(
    named.map(async ({ path, kind }) => {
      const [row] = await ledger.rows<{ id: string }>(queries[kind], [merchantId]);
      expect(row, `nobody has a ${kind}: make one in merchant-work.ts`).toBeDefined();
      return { kind, id: row?.id ?? "", path: (id: string) => path.replace(/:\w+/, encodeURIComponent(id)) };
    }),
  );
}

/** Nothing is downloaded, and nothing changes but the audit. */
async function answerAlike(tenants: Tenants, graph: TenantGraph): Promise<void> {
  const before = await tableDigests(tenants.ledger.url, AUDIT);
  const theirs = await things(tenants, 2);
  const users = [...ROLES.map((role) => userOf(role, 1)), NOBODY];
  // One who belongs to both has nothing at the third.
  const cases = [
    ...users.map((user) => ({ user, things: theirs, own: [1] as const })),
    { user: BETWEEN, things: await things(tenants, 3), own: [1, 2] as const },
  ];
  for (const { user, things: foreign, own } of cases) {
    for (const { id, path } of foreign) {
      for (const method of user === userOf("administrator", 1) ? (["GET", "HEAD"] as const) : (["GET"] as const)) {
        const asked = async (given: string) => plain(await graph.fetch(user, method, path(given)));
        const unknown = await asked(`${id.slice(0, 4)}${"0".repeat(id.length - 4)}`);
        expect(unknown, `${user} ${method} ${path("ID")}`).toMatch(/^40[34] /);
        const others = foreign.filter((other) => other.id !== id).map((other) => other.id);
        for (const given of [id, ...others, `${id}x`, merchantIdOf(3)]) {
          expect(await asked(given), `${user} ${method} ${path(given)}`).toBe(unknown);
        }
        expect(foreignMarks(unknown, own)).toEqual([]);
      }
    }
  }
  expect(await tableDigests(tenants.ledger.url, AUDIT)).toEqual(before);
}

/** An answer without what differs from one request to another. */
const plain = ({ status, headers, bytes }: Download) =>
  `${status} ${headers.replace(/\bdate\n.*/i, "")} ${bytes}`.replaceAll(REQUEST_ID, "UUID");

const REQUEST_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const AUDIT = ["delivery.audit_entry", "delivery.audit_head"];
const DENIED = "select merchant_id, actor_id from delivery.audit_entry where outcome = 'DENIED' and action = $1";
const LONG_MS = 120_000;
