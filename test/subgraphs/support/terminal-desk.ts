import { grantMembership } from "../../../subgraphs/accounts/register.ts";
import { inScope } from "../../../subgraphs/shared/database/scope.ts";
import type { BuiltInRole } from "../../../subgraphs/shared/identity/permissions.ts";
import { type Ledger, openLedger, type Row, type Shop } from "../../support/ledger.ts";
import { openRunGraph, type RunGraph } from "../../support/run-graph.ts";

/** Two locations of a shop of its own: `admin` administers them, `there` sees the second alone. */
export type TerminalDesk = {
  readonly shop: Shop;
  readonly first: string;
  readonly second: string;
  /** The terminal that every shop has, at the first. */
  readonly terminal: string;
  readonly admin: string;
  readonly there: string;
  readonly grant: (
    merchantId: string,
    userId: string,
    role: BuiltInRole,
    locations?: readonly string[],
  ) => Promise<unknown>;
  /** Links or moves; the codes of a refusal where it is one. */
  readonly act: (user: string, field: "linkTerminal" | "moveTerminal", input: Row) => Promise<Row>;
  /** `REFERENCE location` of each transaction that a user sees, in order. */
  readonly seenBy: (user: string) => Promise<readonly string[]>;
};

/** The graph over a ledger whose terminals are linked and moved. */
export async function openTerminals(name: string) {
  const ledger = await openLedger(name);
  const graph = await openRunGraph(ledger);
  return {
    ledger,
    graph,
    openDesk: () => openDesk(ledger, graph),
    close: async () => {
      await graph.close();
      await ledger.close();
    },
  };
}

async function openDesk(ledger: Ledger, graph: RunGraph): Promise<TerminalDesk> {
  const shop = await ledger.openShop();
  const [, number] = shop.id.split("_");
  const [first, second] = [`loc_${number}`, `loc_${number}_b`];
  const place =
    "insert into accounts.location (merchant_id, id, name, country, zone) values ($1, $2, 'Brugge', 'BE', $3)";
  await ledger.rows(place, [shop.id, second, "Europe/Brussels"]);
  const [admin, there] = [`ada@${shop.id}`, `eva@${shop.id}`];
  const grant: TerminalDesk["grant"] = (merchantId, userId, role, locations) =>
    inScope(ledger.services.database, { merchants: [merchantId], user: "user:test" }, (transaction) =>
      grantMembership(transaction, { merchantId, userId, role, ...(locations && { locations }) }, "user:test"),
    );
  await grant(shop.id, admin, "administrator");
  await grant(shop.id, there, "location_manager", [second]);
  let sent = 0;
  const act: TerminalDesk["act"] = async (user, field, input) => {
    sent += 1;
    const type = field === "linkTerminal" ? "LinkTerminalInput" : "MoveTerminalInput";
    const query = `mutation ($input: ${type}!) { ${field}(input: $input) {
      ... on TerminalChange { terminalId transactions } ... on AccountRefusal { reason } } }`;
    const given = { merchantId: shop.id, idempotencyKey: `key-${sent}`, ...input };
    const { data, errors } = await graph.ask(user, query, { input: given });
    return errors ? { codes: errors.map(({ extensions }) => extensions?.["code"]) } : (data?.[field] as Row);
  };
  const seenBy: TerminalDesk["seenBy"] = async (user) => {
    const query = "{ transactions(first: 100) { edges { node { providerReference location { id } } } } }";
    const { edges } = await graph.field(user, query);
    return (edges as readonly { readonly node: Node }[])
      .map(({ node }) => `${node.providerReference} ${node.location?.id}`)
      .sort();
  };
  return { shop, first, second, terminal: `ter_${number}`, admin, there, grant, act, seenBy };
}

type Node = { readonly providerReference: string; readonly location: { readonly id: string } | null };

/** A sale of a day of November as a terminal tells it, at noon. */
export const saleOn = (day: string, psp: string, account: string) => ({
  amount: 1_000,
  account,
  time: `2026-11-${day} 12:00:00`,
  pspReference: psp,
});
