import type { QueryResultRow } from "pg";
import { AppError } from "../errors.ts";
import type { Conditions } from "./conditions.ts";
import type { Cursors, Position } from "./cursors.ts";
import type { RequestContext } from "./request-context.ts";

export type Direction = "ASC" | "DESC";

/** A list that pages by position. The table is known as `t` and has `merchant_id` and `id`. */
export type Keyset = {
  /** Names the list; with the sort it is signed into each cursor. */
  readonly list: string;
  readonly from: string;
  /** Must include `t.id`. */
  readonly columns: string;
  /** Their first parameter is the list of merchants. */
  readonly where: Conditions;
  readonly sort: SortKey & {
    readonly direction: Direction;
    /** What equal ones are sorted by, the greatest first whatever the direction. */
    readonly second?: SortKey;
  };
};

type SortKey = { readonly column: string; readonly type: string };

export type PageRequest = {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
};

export type Page<R> = {
  readonly edges: readonly { readonly cursor: string; readonly node: R }[];
  readonly pageInfo: PageFacts;
};

export type PageFacts = {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
};

export const DEFAULT_PAGE = 25;
export const LARGEST_PAGE = 100;

/**
 * Reads one page by position and never by offset, so that rows which arrive meanwhile move nothing. Each merchant is
 * scanned along its own index and the scans are merged: page 10,000 costs what page 2 costs.
 */
export async function keysetPage<R extends QueryResultRow & { readonly id: string }, N>(
  context: RequestContext,
  keyset: Keyset,
  request: PageRequest,
  nodeOf: (row: R) => N,
): Promise<Page<N>> {
  const { size, isBackward } = checked(request);
  const { list, sort } = keyset;
  const name = `${list}:${sort.column}:${sort.direction}`;
  const statement = pageStatement(keyset, boundsOf(context.cursors, name, request), size + 1, isBackward);
  const rows = await context.query<R & SortKeys>(statement.text, statement.values, statement.name);
  const shown = rows.slice(0, size);
  if (isBackward) shown.reverse();
  const cursorOf = (row: R & SortKeys) =>
    context.cursors.seal(name, {
      sortKey: sortKeyOf(row.sort_key),
      id: row.id,
      ...(sort.second && { secondKey: sortKeyOf(row.second_key) }),
    });
  const edges = shown.map((row) => new LazyEdge(row, nodeOf(row), cursorOf));
  const hasMore = rows.length > size;
  const pageInfo = new LazyFacts(edges, {
    hasNextPage: isBackward ? isGiven(request.before) : hasMore,
    hasPreviousPage: isBackward ? hasMore : isGiven(request.after),
  });
  return { edges, pageInfo };
}

/*
 * Cursors are sealed when they are asked for: of a page whose rows alone are, two are enough. By classes, because an
 * object that is written with a getter gets a shape of its own, which keeps its page until all of the heap is looked through.
 */

class LazyEdge<R, N> {
  readonly node: N;
  readonly #row: R;
  readonly #seal: (row: R) => string;

  constructor(row: R, node: N, seal: (row: R) => string) {
    this.node = node;
    this.#row = row;
    this.#seal = seal;
  }

  get cursor(): string {
    return this.#seal(this.#row);
  }
}

class LazyFacts implements PageFacts {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly #edges: readonly { readonly cursor: string }[];

  constructor(
    edges: readonly { readonly cursor: string }[],
    { hasNextPage, hasPreviousPage }: Pick<PageFacts, "hasNextPage" | "hasPreviousPage">,
  ) {
    this.hasNextPage = hasNextPage;
    this.hasPreviousPage = hasPreviousPage;
    this.#edges = edges;
  }

  get startCursor(): string | null {
    return this.#edges.at(0)?.cursor ?? null;
  }

  get endCursor(): string | null {
    return this.#edges.at(-1)?.cursor ?? null;
  }
}

type SortKeys = { readonly sort_key: unknown; readonly second_key?: unknown };

function checked({ first, last }: PageRequest): { readonly size: number; readonly isBackward: boolean } {
  if (isGiven(first) && isGiven(last)) throw new AppError("INVALID_INPUT", "Ask for `first` or `last`, not for both.");
  const size = first ?? last ?? DEFAULT_PAGE;
  if (size < 1 || size > LARGEST_PAGE) {
    throw new AppError("INVALID_INPUT", `A page of ${size} cannot be given: ask for 1 to ${LARGEST_PAGE}.`);
  }
  return { size, isBackward: isGiven(last) };
}

type Bounds = { readonly after: Position | null; readonly before: Position | null };

function boundsOf(cursors: Cursors, name: string, { after, before }: PageRequest): Bounds {
  return {
    after: isGiven(after) ? cursors.open(name, after) : null,
    before: isGiven(before) ? cursors.open(name, before) : null,
  };
}

type PageStatement = { readonly text: string; readonly values: readonly unknown[]; readonly name?: string };

function pageStatement(keyset: Keyset, bounds: Bounds, limit: number, isBackward: boolean): PageStatement {
  const { from, columns, sort } = keyset;
  const where = keyset.where.copy();
  const [merchants, ...filtered] = where.values();
  const isAscending = sort.direction === "ASC";
  if (bounds.after)
    where.always(beyond(where, sort, bounds.after, { key: isAscending, tie: isAscending && !sort.second }));
  if (bounds.before)
    where.always(beyond(where, sort, bounds.before, { key: !isAscending, tie: !isAscending || !!sort.second }));
  const scan = isAscending === isBackward ? "desc" : "asc";
  const tie = sort.second ? (isBackward ? "asc" : "desc") : scan;
  const order = (key: string, second: string, id: string) =>
    `order by ${key} ${scan}, ${sort.second ? `${second} ${tie}, ` : ""}${id} ${tie} limit ${limit}`;
  const pageOf = (merchant: string) => `
    select ${columns}, ${sort.column} as sort_key${sort.second ? `, ${sort.second.column} as second_key` : ""} from ${from}
    where t.merchant_id = ${merchant} and ${where.text()}
    ${order(sort.column, sort.second?.column ?? "", "t.id")}`;
  if (Array.isArray(merchants) && merchants.length === 1) {
    const text = pageOf("($1::text[])[1]");
    // With a filter, how much it finds decides on the way to it, which has to be weighed each time.
    return { text, values: where.values(), ...(filtered.length === 0 && nameOf(text)) };
  }
  const text = `
    select page.* from unnest($1::text[]) as m (merchant_id) cross join lateral (${pageOf("m.merchant_id")}) page
    ${order("page.sort_key", "page.second_key", "page.id")}`;
  return { text, values: where.values() };
}

/**
 * Lists as they are without a filter, by size, sort and what is asked of their rows. Each connection keeps what it has
 * planned for as long as it is open, so that clients who ask for ever other fields must not make it many.
 */
const MOST_NAMES = 24;
const names = new Map<string, string>();

/** A name to plan the statement under, once per connection: to plan a page takes longer than to read it. */
function nameOf(text: string): { readonly name: string } | undefined {
  const known = names.get(text);
  if (known !== undefined) return { name: known };
  if (names.size === MOST_NAMES) return undefined;
  const name = `page-${names.size}`;
  names.set(text, name);
  return { name };
}

/** Whether what lies beyond a position is greater, by the key and among equal ones. */
type Beyond = { readonly key: boolean; readonly tie: boolean };

function beyond(where: Conditions, { column, type, second }: Keyset["sort"], at: Position, greater: Beyond): string {
  const sign = (isGreater: boolean) => (isGreater ? ">" : "<");
  const key = `${where.parameter(at.sortKey)}::${type}`;
  const id = where.parameter(at.id);
  if (!second) return `(${column}, t.id) ${sign(greater.key)} (${key}, ${id})`;
  const secondKey = `${where.parameter(at.secondKey)}::${second.type}`;
  return `${column} ${sign(greater.key)} ${key}
    or ${column} = ${key} and (${second.column}, t.id) ${sign(greater.tie)} (${secondKey}, ${id})`;
}

function sortKeyOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
