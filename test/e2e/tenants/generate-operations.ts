import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { Random } from "../../../simulator/random.ts";

/** A field of a type, by whose steps a query goes down: `Query.transactions`, `Transaction.settlement`. */
type Step = { readonly parent: GraphQLNamedType; readonly field: GraphQLField<unknown, unknown> };
type Way = readonly Step[];

/** One root field's query, with `$id` where it is asked by id. */
export type Generated = {
  readonly root: string;
  readonly query: string;
  /** The same without what only one type of an interface has. */
  readonly plain: string;
  readonly byId: boolean;
  /** Of what the root field gives. */
  readonly type: string;
};

/**
 * Queries that read every field that can be reached: for each step of the schema the shortest way from a root to it,
 * and from each root more ways of up to `depth` steps, up and down, drawn from a seed. Along its way each asks for all
 * leaves, of interfaces and unions by a fragment for each type.
 */
export function generateOperations(
  schema: GraphQLSchema,
  { depth, drawn, seed }: { readonly depth: number; readonly drawn: (root: string) => number; readonly seed: number },
): readonly Generated[] {
  const random = new Random(seed);
  const query = schema.getQueryType();
  if (!query) throw new Error("the schema has no queries");
  const roots = Object.values(query.getFields()).map((field): Way => [{ parent: query, field }]);
  const ways = [...shortestWays(schema, roots, depth)];
  for (const root of roots) {
    const most = drawn(root[0]?.field.name ?? "");
    for (let count = 0; count < most; count += 1) ways.push(drawWay(schema, root, depth, random));
  }
  return [...new Map(ways.map((way) => [nameOf(way), operationOf(schema, way)])).values()];
}

/** The argument by which a root field finds one thing. */
export const isById = ({ args }: GraphQLField<unknown, unknown>) =>
  args.some(({ name, type }) => name === "id" && isNonNullType(type));

function* shortestWays(schema: GraphQLSchema, roots: readonly Way[], depth: number): Generator<Way> {
  const reached = new Set<string>();
  let front = roots;
  for (let steps = 1; steps <= depth; steps += 1) {
    const next: Way[] = [];
    for (const way of front) {
      const name = nameOf(way.slice(-1));
      if (reached.has(name)) continue;
      reached.add(name);
      yield way;
      for (const step of stepsFrom(schema, way)) next.push([...way, step]);
    }
    front = next;
  }
}

function drawWay(schema: GraphQLSchema, root: Way, depth: number, random: Random): Way {
  let way = root;
  while (way.length < depth) {
    const steps = stepsFrom(schema, way);
    if (steps.length === 0) break;
    way = [...way, random.pick(steps)];
  }
  return way;
}

/** Where a query may go on from the end of a way; through a connection straight to its rows. */
function stepsFrom(schema: GraphQLSchema, way: Way): Step[] {
  const { field } = way.at(-1) as Step;
  return typesOf(schema, rowType(getNamedType(field.type))).flatMap((parent) =>
    Object.values(fieldsOf(parent))
      .filter((each) => !isLeafType(getNamedType(each.type)) && !needsArguments(each))
      .filter((each) => !isInherited(parent, each))
      .map((each) => ({ parent, field: each })),
  );
}

/** What an interface has is asked of the interface, and not of each of its types again. */
function isInherited(parent: GraphQLNamedType, { name }: GraphQLField<unknown, unknown>): boolean {
  return isObjectType(parent) && parent.getInterfaces().some((each) => each.getFields()[name]);
}

function typesOf(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLNamedType[] {
  return isAbstractType(type) ? [...(isInterfaceType(type) ? [type] : []), ...schema.getPossibleTypes(type)] : [type];
}

/** The rows of a connection, or the type itself. */
function rowType(type: GraphQLNamedType): GraphQLNamedType {
  const edges = fieldsOf(type)["edges"];
  const node = edges && fieldsOf(getNamedType(edges.type))["node"];
  return node ? getNamedType(node.type) : type;
}

const isConnection = (type: GraphQLNamedType) => rowType(type) !== type;

function fieldsOf(type: GraphQLNamedType): Readonly<Record<string, GraphQLField<unknown, unknown>>> {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
}

function needsArguments({ args }: GraphQLField<unknown, unknown>): boolean {
  return args.some(({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined);
}

function operationOf(schema: GraphQLSchema, way: Way): Generated {
  const [{ field }] = way as [Step, ...Step[]];
  const byId = isById(field);
  const chosen = merchantArgument(field);
  const head = `query${byId ? " ($id: ID!)" : ""}${chosen ? ` ($merchantId: ${String(chosen.type)})` : ""}`;
  const text = (concrete: boolean) => `${head} { ${written({ schema, concrete }, way, true)} }`;
  return { root: field.name, byId, type: getNamedType(field.type).name, query: text(true), plain: text(false) };
}

type Writing = { readonly schema: GraphQLSchema; readonly concrete: boolean };

/** A root field of one merchant: who has several names the one. */
const merchantArgument = ({ args }: GraphQLField<unknown, unknown>) => args.find(({ name }) => name === "merchantId");

function written(writing: Writing, [step, ...rest]: Way, isRoot: boolean): string {
  if (!step) return "";
  const { name, type } = step.field;
  return `${name}${argumentsOf(step.field, isRoot)} ${selection(writing, getNamedType(type), rest)}`;
}

/** What a root field has to be told beside ids. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  analysis: [
    "granularity: MONTH",
    'filter: { occurredAt: { from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z" } }',
    "groupBy: [LOCATION, TERMINAL, METHOD]",
    "compareWithPrevious: true",
    'zone: "Europe/Brussels"',
  ],
  settlementLines: ['filter: { bookedFrom: "2026-10-01", bookedTo: "2026-12-31" }'],
};

function argumentsOf(field: GraphQLField<unknown, unknown>, isRoot: boolean): string {
  const size = field.args.some(({ name }) => name === "first") ? [`first: ${isRoot ? 100 : 10}`] : [];
  const id = isRoot && isById(field) ? ["id: $id"] : [];
  const merchant = isRoot && merchantArgument(field) ? ["merchantId: $merchantId"] : [];
  const given = [...id, ...merchant, ...size, ...(isRoot ? (NEEDED[field.name] ?? []) : [])];
  return given.length > 0 ? `(${given.join(", ")})` : "";
}

function selection(writing: Writing, type: GraphQLNamedType, rest: Way): string {
  if (isConnection(type)) {
    const row = selection(writing, rowType(type), rest);
    return `{ ${deep(type, ASIDE)} edges { cursor node ${row} } }`;
  }
  const [next] = rest;
  const parts = typesOf(writing.schema, type).map((each) => {
    const isPart = isInterfaceType(type) && each !== type;
    if (isPart && !writing.concrete) return "";
    const deeper = next?.parent === each ? written(writing, rest, false) : "";
    const own = `${isPart ? shallowOwn(each) : shallow(each)} ${deeper}`.trim();
    return each === type ? own : own && `... on ${each.name} { ${own} }`;
  });
  return `{ __typename ${parts.join(" ")} }`;
}

/** Everything that one entity tells of itself. */
export const entityFields = (schema: GraphQLSchema, type: GraphQLNamedType) =>
  selection({ schema, concrete: false }, type, []);

/** Rows are read for themselves; and where to go on from has the time in it, and is never twice the same. */
const ASIDE = ["edges", "resumeToken"];

/** All there is beneath, for what a connection tells of its list as a whole: counts, totals, facets by all they can be. */
function deep(type: GraphQLNamedType, except: readonly string[] = []): string {
  return Object.values(fieldsOf(type))
    .filter(({ name }) => !except.includes(name))
    .map((field) => {
      const named = getNamedType(field.type);
      const head = `${field.name}${everyWord(field)}`;
      if (isLeafType(named)) return head;
      // An entity leads on to every other, which are read from where they are listed.
      return `${head} { ${"id" in fieldsOf(named) ? leavesOf(named) : deep(named)} }`;
    })
    .join(" ");
}

/** Of a list of words that must be given, all. */
function everyWord({ args }: GraphQLField<unknown, unknown>): string {
  const given = args.flatMap(({ name, type, defaultValue }) => {
    const words = getNamedType(type);
    if (!isNonNullType(type) || defaultValue !== undefined || !isEnumType(words)) return [];
    return [`${name}: [${words.getValues().map((value) => value.name)}]`];
  });
  return given.length > 0 ? `(${given.join(", ")})` : "";
}

/** Its leaves, and those of plain values such as money. */
function shallow(type: GraphQLNamedType, skip: ReadonlySet<string> = new Set()): string {
  return Object.values(fieldsOf(type))
    .filter((field) => !skip.has(field.name) && !needsArguments(field))
    .map((field) => {
      const named = getNamedType(field.type);
      if (isLeafType(named)) return field.name;
      return isPlain(named) ? `${field.name} { ${leavesOf(named)} }` : "";
    })
    .filter((text) => text !== "")
    .join(" ");
}

function shallowOwn(type: GraphQLNamedType): string {
  const inherited = isObjectType(type) ? type.getInterfaces().flatMap((each) => Object.keys(each.getFields())) : [];
  return shallow(type, new Set(inherited));
}

const isPlain = (type: GraphQLNamedType) =>
  isObjectType(type) &&
  Object.values(type.getFields()).every((field) => isLeafType(getNamedType(field.type)) && !needsArguments(field));

function leavesOf(type: GraphQLNamedType): string {
  return Object.values(fieldsOf(type))
    .filter((field) => isLeafType(getNamedType(field.type)) && !needsArguments(field))
    .map(({ name }) => name)
    .join(" ");
}

const nameOf = (way: Way) => way.map(({ parent, field }) => `${parent.name}.${field.name}`).join(" ");
