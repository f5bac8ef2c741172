import { randomUUID } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { QueryResultRow } from "pg";
import type { DataSource } from "typeorm";
import { type AuditEntry, appendAudit } from "../audit.ts";
import type { ChangeFeed } from "../changes/change-feed.ts";
import { inScope, type Scope, type Transaction } from "../database/scope.ts";
import type { AppError } from "../errors.ts";
import { CLIENT_ADDRESS_HEADER } from "../identity/call-signature.ts";
import { Denied } from "../identity/denied.ts";
import { type Grants, type GrantsReader, limitsOf, merchantsWith, type Reach, reachOf } from "../identity/grants.ts";
import { ACTIONS, MENUS, type Opened, type Permission, type Role } from "../identity/permissions.ts";
import type { NoteSignIn } from "../identity/sign-ins.ts";
import type { Identity, VerifyToken } from "../identity/verify-token.ts";
import type { Log } from "../log.ts";
import { type Cursors, createCursors } from "./cursors.ts";
import { type LazyTransaction, lazyTransaction, type TransactionUse } from "./lazy-transaction.ts";
import type { SampleWorkspace } from "./sample-workspace.ts";

/** What a subgraph needs of the process it runs in. */
export type Services = {
  /** Opened in the role `app`, with the entities of every subgraph that it serves. */
  readonly database: DataSource;
  readonly verifyToken: VerifyToken;
  readonly grantsOf: GrantsReader;
  /** Signs page cursors; at least 32 bytes, the same in every process of one graph. Of several, the first signs. */
  readonly cursorKey: Uint8Array | readonly Uint8Array[];
  readonly log: Log;
  /** Told of every call's token; without it sign-ins are nobody's matter. */
  readonly noteSignIn?: NoteSignIn;
  /** Where this process serves subscriptions. */
  readonly changes?: ChangeFeed;
  /** Minor units by currency, up to which one person alone may force a match or give money up; none without it. */
  readonly forceLimits?: ReadonlyMap<string, bigint> | undefined;
  /** Whether merchants' webhook endpoints may be in a private network. */
  readonly webhooksPrivate?: boolean;
  /** Where this process is one of development. */
  readonly samples?: SampleWorkspace;
};

/** What resolvers see of one operation. Everything they read goes through one transaction in the caller's scope. */
export type RequestContext = {
  readonly identity: Identity;
  readonly requestId: string;
  readonly log: Log;
  readonly cursors: Cursors;
  /** The role at each merchant, for showing; decide with `require`. */
  readonly roles: ReadonlyMap<string, Role>;
  /** What user groups open for the caller, at some merchant or other; for showing as well. */
  readonly opened: Opened;
  /** What the caller has where, for showing as well. */
  readonly grants: Grants;
  /** Merchants where the caller has the permission, and not for some locations alone; may be none. */
  readonly merchantsWith: (permission: Permission) => readonly string[];
  /** The same, or FORBIDDEN when there is none. Row level security holds a query to the scope, not to a permission. */
  readonly require: (permission: Permission) => readonly string[];
  /**
   * For what belongs to a location: how far the permission goes, which may be nowhere. Who asks for this keeps to its
   * limits (`visible-transactions.ts`); who asks with `require` never meets a merchant that the caller is limited at.
   */
  readonly reach: (permission: Permission) => Reach;
  /** The same, or FORBIDDEN when it goes nowhere. */
  readonly requireReach: (permission: Permission) => Reach;
  readonly query: <R extends QueryResultRow>(text: string, values?: readonly unknown[], name?: string) => Promise<R[]>;
  readonly run: <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>;
  /** Notes an act that is refused with an error: it is written once the operation, and all that it did, is undone. */
  readonly noteDenied: (
    entry: Omit<AuditEntry, "actorId" | "outcome">,
    /** Where the same of the same person need not be told again within the hour. */
    options?: { readonly isHourly: boolean },
  ) => void;
  readonly forceLimits: Services["forceLimits"];
  readonly webhooksPrivate: boolean;
  readonly samples: SampleWorkspace | undefined;
};

export type OpenContext = { readonly context: RequestContext; readonly end: LazyTransaction["end"] };

export type CallFacts = {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Milliseconds that are left of the caller's patience, where it has told an end. */
  readonly remainingMs?: TransactionUse["remainingMs"];
  /** True for what changes something: grants are then read anew. */
  readonly isMutation: boolean;
};

/** Who calls, and what they have by now. */
export type Caller = Pick<RequestContext, "identity" | "grants">;

/** Throws UNAUTHENTICATED before anything is read. */
export async function callerOf(
  { verifyToken, grantsOf }: Services,
  { headers, isMutation }: Pick<CallFacts, "headers" | "isMutation">,
): Promise<Caller> {
  const identity = await verifyToken(headers["authorization"]);
  return { identity, grants: await grantsOf(identity.userId, { fresh: isMutation }) };
}

/** Throws as `callerOf` does. */
export async function openContext(services: Services, call: CallFacts): Promise<OpenContext> {
  const { database, cursorKey } = services;
  const { identity, grants } = await callerOf(services, call);
  const merchants = [...grants].filter(([, { permissions }]) => permissions.size > 0).map(([merchant]) => merchant);
  const requestId = requestIdOf(call.headers["x-request-id"]);
  const audited = {
    merchants,
    user: identity.userId,
    call: { requestId, address: call.headers[CLIENT_ADDRESS_HEADER] },
  };
  await services.noteSignIn?.(call.headers["authorization"] ?? "", audited, identity.name);
  const { run, end } = lazyTransaction(database, { ...audited, limits: limitsOf(grants) }, call);
  const denied: AuditEntry[] = [];
  const permitted = (permission: Permission) => merchantsWith(grants, permission);
  const context: RequestContext = {
    identity,
    requestId,
    log: services.log.child({ requestId }),
    cursors: createCursors(cursorKey),
    grants,
    roles: new Map([...grants].map(([merchant, { role }]) => [merchant, role])),
    opened: {
      menus: MENUS.filter((menu) => [...grants.values()].some(({ menus }) => menus.includes(menu))),
      actions: ACTIONS.filter((action) => [...grants.values()].some(({ actions }) => actions.includes(action))),
    },
    merchantsWith: permitted,
    require: (permission) => {
      const found = permitted(permission);
      if (found.length === 0) throw forbidden(permission);
      return found;
    },
    reach: (permission) => reachOf(grants, permission),
    requireReach: (permission) => {
      const reach = reachOf(grants, permission);
      if (reach.merchants.length === 0) throw forbidden(permission);
      return reach;
    },
    query: (text, values, name) => run(({ query }) => query(text, values, name)),
    run,
    noteDenied: (entry, { isHourly } = { isHourly: false }) => {
      const whole: AuditEntry = { ...entry, actorId: identity.userId, outcome: "DENIED" };
      if (!isHourly || isFirstInHour(services, whole)) denied.push(whole);
    },
    forceLimits: services.forceLimits,
    webhooksPrivate: services.webhooksPrivate ?? false,
    samples: services.samples,
  };
  return {
    context,
    end: async (outcome) => {
      await end(outcome);
      // The audit of a merchant is closed to who is limited there, and its next entry needs the last one.
      await writeDenied(services, audited, denied.splice(0)).catch((error: unknown) => {
        context.log.error({ err: error }, "a denied act could not be written to the audit");
      });
    },
  };
}

const told = new WeakMap<Services, LRUCache<string, true>>();

/** In this process: another one may tell it once more. */
function isFirstInHour(services: Services, { merchantId, actorId, action }: AuditEntry): boolean {
  const known = told.get(services) ?? new LRUCache<string, true>({ max: 10_000 });
  told.set(services, known);
  const key = [Math.floor(Date.now() / 3_600_000), merchantId, actorId, action].join(" ");
  if (known.has(key)) return false;
  known.set(key, true);
  return true;
}

async function writeDenied({ database }: Services, scope: Scope, denied: readonly AuditEntry[]): Promise<void> {
  if (denied.length === 0) return;
  await inScope(database, scope, async (transaction) => {
    for (const entry of denied) await appendAudit(transaction, entry);
  });
}

/** The refusal for a merchant that is not there and for one that is not yours; name it where it is known for the audit. */
export function forbidden(permission: Permission, merchantId?: string): AppError {
  return new Denied(permission, { merchantId });
}

/** A caller's id is kept when it is harmless in a log, so that one id runs through all parts. */
export function requestIdOf(header: string | undefined): string {
  return header !== undefined && /^[\w.:-]{1,64}$/.test(header) ? header : randomUUID();
}
