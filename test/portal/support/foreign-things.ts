import { expect } from "vitest";
import type { GraphClient } from "../../support/graph-client.ts";

/** What there is and is not of `loc_gent`, each beside a twin that nobody has. */
export type Foreign = {
  /** How many transactions the list has at a location. */
  readonly countAt: (location: string) => string;
  /** Addresses of the portal. */
  readonly addresses: readonly (readonly [theirs: string, nobodys: string])[];
  /** Paths of the gateway that give files. */
  readonly downloads: readonly (readonly [theirs: string, nobodys: string])[];
  /** Documents with a variable `id`. */
  readonly queries: readonly { readonly query: string; readonly id: string; readonly unknown: string }[];
};

/** Made and found by who may see all of the sample merchant. */
export async function foreignThings(administrator: GraphClient): Promise<Foreign> {
  const found = await administrator.data<Found>(FIND);
  const { createExport, closePeriod } = await administrator.data<Made>(MAKE, {
    exported: {
      filter: { locations: ["loc_breda"] },
      format: "CSV",
      locale: "EN",
      zone: "Europe/Brussels",
      idempotencyKey: "breda",
    },
    closed: {
      merchantId: "mer_korenaar",
      locationId: "loc_breda",
      kind: "DAY",
      to: "2026-11-05T23:00:00Z",
      idempotencyKey: "breda",
    },
  });
  const sale = found.breda.edges[0]?.node.id ?? "";
  const file = found.settlementFiles.edges[0]?.node.id ?? "";
  const payout = found.payouts.edges[0]?.node ?? { id: "", reference: "" };
  const exported = createExport.id;
  const closing = closePeriod.id;
  const made = [sale, file, payout.id, exported, closing];
  expect(made.every((id) => typeof id === "string" && id.length > 8)).toBe(true);
  const pair = (address: (id: string) => string, id: string) => [address(id), address(twinOf(id))] as const;
  return {
    countAt: (location) => (location === "loc_gent" ? found.gent.totalCount : found.breda.totalCount),
    addresses: [
      pair((id) => `/transactions?open=${id}`, sale),
      ["/transactions?location=loc_breda", "/transactions?location=loc_nowhere"],
      ["/analysis?location=loc_breda", "/analysis?location=loc_nowhere"],
      ["/closings?location=loc_breda", "/closings?location=loc_nowhere"],
      pair((id) => `/closings?closing=${id}`, closing),
      pair((id) => `/settlement-files?file=${id}`, file),
      pair((id) => `/money?payout=${id}&reference=${payout.reference}`, payout.id),
    ],
    downloads: [pair((id) => `/exports/${id}`, exported), pair((id) => `/closings/${id}`, closing)],
    queries: [
      ["query ($id: ID!) { transaction(id: $id) { id } }", sale],
      ["query ($id: ID!) { settlementFile(id: $id) { id } }", file],
      ["query ($id: ID!) { export(id: $id) { id } }", exported],
      ["query ($id: ID!) { closing(id: $id) { id } }", closing],
      ["query ($id: String!) { payouts(filter: { references: [$id] }) { edges { node { id } } } }", payout.reference],
    ].map(([query = "", id = ""]) => ({ query, id, unknown: twinOf(id) })),
  };
}

/** Of the same form, and nobody's. */
function twinOf(id: string): string {
  const last = id.at(-1) === "A" ? "B" : "A";
  return id.slice(0, -1) + last;
}

type Nodes<N> = { readonly edges: readonly { readonly node: N }[] };
type Ids = Nodes<{ readonly id: string }>;
type Found = {
  readonly gent: { readonly totalCount: string };
  readonly breda: Ids & { readonly totalCount: string };
  readonly settlementFiles: Ids;
  readonly payouts: Nodes<{ readonly id: string; readonly reference: string }>;
};
type Made = { readonly createExport: { readonly id: string }; readonly closePeriod: { readonly id: string } };

const FIND = `{
  gent: transactions(first: 1, filter: { locations: ["loc_gent"] }) { totalCount }
  breda: transactions(first: 1, filter: { locations: ["loc_breda"] }) { totalCount edges { node { id } } }
  settlementFiles(first: 1) { edges { node { id } } }
  payouts(first: 1) { edges { node { id reference } } }
}`;

const MAKE = `mutation ($exported: CreateExportInput!, $closed: ClosePeriodInput!) {
  createExport(input: $exported) { ... on Export { id } }
  closePeriod(input: $closed) { ... on Closing { id } }
}`;
