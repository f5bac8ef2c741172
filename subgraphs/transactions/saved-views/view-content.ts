import { coerceInputValue, type GraphQLSchema, isInputType } from "graphql";
import { maskCards } from "../../shared/card-detector.ts";
import { AppError } from "../../shared/errors.ts";
import { personText } from "../../shared/subgraph/person-text.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { listConditions } from "../list-conditions.ts";
import type { TransactionFilter } from "../transaction-filter.ts";
import type { TransactionOrder } from "../transaction-list.ts";
import type { SavedView, SavedViewOrder } from "./saved-view-type.ts";

const LONGEST_NAME = 100;
const LONGEST_FILTER = 10_000;
const MOST_COLUMNS = 50;
const COLUMN_NAME = /^[A-Za-z][\w-]{0,39}$/;

/** What is given of a view, as it is kept; what is left out is undefined. */
export type Content = {
  readonly name?: string | undefined;
  readonly isShared?: boolean | undefined;
  readonly filter?: object | undefined;
  readonly sort?: object | undefined;
  readonly columns?: readonly string[] | undefined;
};

type Given = {
  readonly name?: string | null;
  readonly isShared?: boolean | null;
  readonly filter?: TransactionFilter | null;
  readonly orderBy?: TransactionOrder | null;
  readonly columns?: readonly string[] | null;
};

/** @throws AppError INVALID_INPUT for what is no name, columns or filter of a list */
export async function contentOf(context: RequestContext, merchantId: string, given: Given): Promise<Content> {
  const { filter, columns } = given;
  if (columns) checkColumns(columns);
  if (filter) await checkFilter(context, merchantId, filter);
  return {
    name: given.name === null || given.name === undefined ? undefined : nameOf(given.name),
    isShared: given.isShared ?? undefined,
    filter: filter ? onTheWire(filter) : undefined,
    sort: given.orderBy ? onTheWire(given.orderBy) : undefined,
    columns: columns ?? undefined,
  };
}

function nameOf(given: string): string {
  const name = personText("name", given);
  if (name !== null && name.length <= LONGEST_NAME) return name;
  throw new AppError("INVALID_INPUT", "`name` must be 1 to 100 characters.");
}

function checkColumns(columns: readonly string[]): void {
  if (columns.length > MOST_COLUMNS) {
    throw new AppError("INVALID_INPUT", `\`columns\` has ${columns.length}: name ${MOST_COLUMNS} at most.`);
  }
  if (new Set(columns).size < columns.length) {
    throw new AppError("INVALID_INPUT", "`columns` names one twice: name each once.");
  }
  if (!columns.every((column) => COLUMN_NAME.test(column))) {
    const message = "`columns` are names of up to 40 letters, digits, `_` and `-`, a letter first: check each.";
    throw new AppError("INVALID_INPUT", message);
  }
}

async function checkFilter(context: RequestContext, merchantId: string, filter: TransactionFilter): Promise<void> {
  // A shared view tells its readers of no other merchant.
  if (filter.merchants?.some((merchant) => merchant !== merchantId)) {
    const message = "`filter.merchants` of a view can only be the view's own merchant: leave it out.";
    throw new AppError("INVALID_INPUT", message);
  }
  const { length } = JSON.stringify(onTheWire(filter));
  if (length > LONGEST_FILTER) {
    const message = `\`filter\` has ${length} characters as JSON: choose less, ${LONGEST_FILTER} at most.`;
    throw new AppError("INVALID_INPUT", message);
  }
  if (maskCards(JSON.stringify(onTheWire(filter))).found > 0) {
    const message = "`filter` has what looks like a card number: search by its last four digits.";
    throw new AppError("INVALID_INPUT", message);
  }
  // What the list refuses is refused here, and not when the view is opened.
  await listConditions(context, context.requireReach("transactions:view"), filter);
}

/** The filter or order as JSON that the graph takes again; what was not chosen is left out. */
function onTheWire(given: object): object {
  return JSON.parse(
    JSON.stringify(given, (_, value) => (typeof value === "bigint" ? `${value}` : (value ?? undefined))),
  );
}

/** Why the graph of today does not take the view's filter or order; null when it does. */
export function problemOf(schema: GraphQLSchema, { kept }: SavedView): string | null {
  const unknown = [
    ...unknownIn(schema, "TransactionFilter", kept.filter),
    ...(kept.sort ? unknownIn(schema, "TransactionOrder", kept.sort) : []),
  ];
  if (unknown.length === 0) return null;
  return `It was saved with what this version does not know (${[...new Set(unknown)].join(", ")}): choose anew and save it again.`;
}

export function orderOf(schema: GraphQLSchema, { kept }: SavedView): SavedViewOrder | null {
  if (!kept.sort || unknownIn(schema, "TransactionOrder", kept.sort).length > 0) return null;
  return kept.sort as SavedViewOrder;
}

function unknownIn(schema: GraphQLSchema, name: string, kept: object): readonly string[] {
  const type = schema.getType(name);
  if (!isInputType(type)) throw new Error(`${name} is no input of this schema`);
  const unknown: string[] = [];
  coerceInputValue(kept, type, (path, _, error) => {
    const field = /^Field "(\w+)" is not defined/.exec(error.message)?.[1];
    unknown.push([...path, ...(field ? [field] : [])].filter((part) => typeof part === "string").join("."));
  });
  return unknown;
}
