import type { PoolClient } from "pg";

/** All that the checker asks of its connection. */
export type Reader = Pick<PoolClient, "query">;

/** P0 must hold at every instant; P1 only when no import or run is under way. */
export type Severity = "P0" | "P1";

export type Violation = { readonly key: string; readonly detail: string };

type Named = { readonly name: string; readonly severity: Severity; readonly sentence: string };

/**
 * A query of `(key, detail)` that must return no row. What it could find, the invariant `among` finds as well, so that it is
 * asked only where that one found something.
 */
export type SqlInvariant = Named & { readonly sql: string; readonly among?: string };

/** What SQL cannot say; `find` reads on the checker's own connection, inside its transaction. */
export type CodeInvariant = Named & { readonly find: (client: Reader) => AsyncIterable<Violation> };

export type Invariant = SqlInvariant | CodeInvariant;
