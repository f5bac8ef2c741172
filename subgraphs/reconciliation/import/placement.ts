import { PLATFORM, type Transaction } from "../../shared/database/scope.ts";
import type { ProviderEvent } from "../../shared/event.ts";

/** Whose money a row is, and where it was taken. */
export type Place = {
  readonly merchantId: string;
  readonly locationId: string | null;
  readonly terminalId: string | null;
  readonly zone: string;
};

/** What a row says of whose it is; a bank's entry names its account alone. */
export type Placeable = Pick<ProviderEvent, "provider" | "account" | "terminal" | "occurredAt">;

/** Why a row could not be given to a merchant. It is quarantined; nothing is guessed. */
export type Misplaced = { readonly code: PlacementCode; readonly problem: string };
export type PlacementCode = "UNMAPPED_ACCOUNT" | "UNMAPPED_TERMINAL" | "AMBIGUOUS_ACCOUNT" | "OTHER_MERCHANT";

export type Placement = {
  readonly place: (event: Placeable) => Place | Misplaced;
  /** Every merchant a row of this file may belong to. */
  readonly merchants: readonly string[];
};

/** The routes from provider accounts and terminals to merchants: plain data, which goes to another thread as it is. */
export type Routes = {
  readonly accounts: readonly AccountRow[];
  readonly terminals: readonly TerminalRow[];
  /** Every merchant a row of the file may belong to. */
  readonly merchants: readonly string[];
};

export async function loadPlacement(transaction: Transaction, fileMerchantId: string): Promise<Placement> {
  return createPlacement(await loadRoutes(transaction, fileMerchantId));
}

/**
 * Loads the routes for a file: one given in a merchant's name may hold that merchant's rows only; a platform file holds
 * those of every mapped merchant.
 */
export async function loadRoutes(transaction: Transaction, fileMerchantId: string): Promise<Routes> {
  const accounts = await transaction.query<AccountRow>(ACCOUNTS);
  const terminals = await transaction.query<TerminalRow>(TERMINALS);
  const known = [...accounts, ...terminals].map((row) => row.merchant_id);
  const merchants = fileMerchantId === PLATFORM ? [...new Set([PLATFORM, ...known])] : [fileMerchantId];
  return { accounts, terminals, merchants };
}

export function createPlacement(routes: Routes): Placement {
  const accounts = groupBy(routes.accounts, (row) => `${row.provider}\n${row.account}`);
  const terminals = groupBy(routes.terminals, (row) => row.tid);
  const { merchants } = routes;
  const allowed = new Set(merchants);
  const judge = (event: Placeable): Place | Misplaced => {
    const place = placeOf(event, accounts, terminals);
    if ("code" in place || allowed.has(place.merchantId)) return place;
    return {
      code: "OTHER_MERCHANT",
      problem: `${nameOf(event)} belongs to another merchant than this file was given for; have the provider's file sent without one`,
    };
  };
  let last: { readonly provider: string; readonly account: string; readonly place: Place | Misplaced } | undefined;
  return {
    merchants,
    // Rows of a file mostly name the account of the row before; a terminal is somebody's for a time only.
    place: (event) => {
      const { provider, account, terminal } = event;
      if (account === undefined || terminal !== undefined) return judge(event);
      if (last?.account !== account || last.provider !== provider) last = { provider, account, place: judge(event) };
      return last.place;
    },
  };
}

function placeOf(event: Placeable, accounts: Grouped<AccountRow>, terminals: Grouped<TerminalRow>): Place | Misplaced {
  const held = terminals.get(event.terminal ?? "")?.filter((row) => heldAt(row, event.occurredAt.at)) ?? [];
  const mapped = accounts.get(`${event.provider}\n${event.account ?? ""}`) ?? [];
  const owners = new Set(
    (event.account !== undefined && mapped.length > 0 ? mapped : held).map((row) => row.merchant_id),
  );
  const [merchantId, rival] = owners;
  if (rival !== undefined) {
    return { code: "AMBIGUOUS_ACCOUNT", problem: `${nameOf(event)} is mapped to two merchants; unmap it from one` };
  }
  if (merchantId === undefined) return unmapped(event);
  const terminal = held.find((row) => row.merchant_id === merchantId);
  const account = mapped.find((row) => row.merchant_id === merchantId);
  return {
    merchantId,
    locationId: terminal?.location_id ?? account?.location_id ?? null,
    terminalId: terminal?.id ?? null,
    zone: terminal?.zone ?? account?.zone ?? "Europe/Brussels",
  };
}

function unmapped(event: Placeable): Misplaced {
  return event.account === undefined
    ? {
        code: "UNMAPPED_TERMINAL",
        problem: `${nameOf(event)} was linked to no merchant at that time; link the terminal, then send the file again`,
      }
    : {
        code: "UNMAPPED_ACCOUNT",
        problem: `${nameOf(event)} is mapped to no merchant; map it (concord ingest --merchant ID), then send the file again`,
      };
}

function nameOf({ provider, account, terminal }: Placeable): string {
  if (account !== undefined) return `account "${account}" at ${provider}`;
  return terminal === undefined ? `a row of ${provider} without account or terminal` : `terminal "${terminal}"`;
}

/** A transaction belongs to whoever held the terminal at that time. */
function heldAt(terminal: TerminalRow, at: Date): boolean {
  return terminal.valid_from <= at && (terminal.valid_to === null || at < terminal.valid_to);
}

function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): Grouped<T> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

type Grouped<T> = ReadonlyMap<string, readonly T[]>;
type AccountRow = {
  merchant_id: string;
  provider: string;
  account: string;
  location_id: string | null;
  zone: string;
};
type TerminalRow = {
  merchant_id: string;
  id: string;
  tid: string;
  location_id: string;
  zone: string;
  valid_from: Date;
  valid_to: Date | null;
};

const ACCOUNTS = `
  select a.merchant_id, a.provider, a.account, a.location_id, coalesce(l.zone, m.zone) as zone
  from accounts.provider_account a
  join accounts.merchant m on m.merchant_id = a.merchant_id
  left join accounts.location l on l.merchant_id = a.merchant_id and l.id = a.location_id`;

const TERMINALS = `
  select t.merchant_id, t.id, t.tid, t.location_id, l.zone, t.valid_from, t.valid_to
  from accounts.terminal t
  join accounts.location l on l.merchant_id = t.merchant_id and l.id = t.location_id`;
