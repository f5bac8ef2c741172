import { createHash } from "node:crypto";
import { type Attack, operation, post } from "../attack.ts";

const repeat = (times: number, each: (index: number) => string) =>
  Array.from({ length: times }, (_, i) => each(i)).join(" ");
const nested = (levels: number, field: string) => `${`{${field}`.repeat(levels)}{__typename}${"}".repeat(levels)}`;
const NODE = "edges{node{id}}";

/** Refused by a limit of ours. */
function tooLarge(id: string, name: string, query: string, variables?: unknown, isControl = true): Attack {
  return { id, name, send: operation(query, variables), status: [400], code: "OPERATION_TOO_LARGE", isControl };
}

/** Refused by whatever comes first. */
function refused(id: string, name: string, query: string, variables?: unknown): Attack {
  return { id, name, send: operation(query, variables), status: [400] };
}

function doubling(n: number, on: string, inner: string, end: string): string {
  const fragments = repeat(
    n,
    (i) => `fragment f${i} on ${on}{${inner.replaceAll("NEXT", `...f${i + 1} ...f${i + 1}`)}}`,
  );
  return `${fragments} fragment f${n} on ${on}{${end}}`;
}

const HASH = createHash("sha256").update("{__typename}").digest("hex");
const persisted = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

/** What a server without limits works on for a quarter of a second or more. */
export const TAKES_TIME = tooLarge(
  "R33",
  "a hundred aliases of a thousand rows",
  `{${repeat(100, (i) => `a${i}:transactions(first:1000){${NODE}}`)}}`,
);

export const LOAD: readonly Attack[] = [
  {
    id: "R31",
    name: "twenty operations in one body",
    send: post(Array(20).fill({ query: "{__typename}" })),
    status: [400],
  },
  tooLarge("R32", "101 aliases of __typename", `{${repeat(101, (i) => `a${i}:__typename`)}}`),
  tooLarge("R33", "100 aliases of a list", `{${repeat(100, (i) => `a${i}:transactions(first:50){${NODE}}`)}}`),
  TAKES_TIME,
  tooLarge("R35", "one field 500 times", `{${"__typename ".repeat(500)}}`),
  tooLarge("R35", "one inner field 500 times", `{viewer{${"name ".repeat(500)}}}`),
  refused("R35", "one field 4,000 times", `{${"__typename ".repeat(4_000)}}`),
  refused("R36", "inline fragments 20 wide, 3 deep", inlineFragments(20, 3)),
  tooLarge("R37", "a thousand directives", `{__typename ${"@aa".repeat(900)}}`),
  refused("R37", "ten directives", `{__typename ${"@aa".repeat(10)}}`),
  tooLarge("R38", "@skip 200 times", `{__typename ${"@skip(if:false)".repeat(200)}}`),
  refused("R38", "@skip 500 times", `{__typename ${"@skip(if:false)".repeat(500)}}`),
  refused("R39", "circular introspection", `{__schema${nested(5, "types{fields{type").replace("{types", "{types")}}`),
  tooLarge("R40", "thirty levels of original", `{transaction(id:"x")${nested(30, "original")}}`),
  tooLarge("R41", "twelve levels of related", `{transaction(id:"x")${nested(12, "related")}}`),
  tooLarge("R41", "a list in a list in a list", `{transactions(first:100){edges{node${nested(4, "related")}}}}`),
  ...[8, 10, 12, 18].map((n) =>
    tooLarge(
      "R42",
      `doubling with an entity hop, ${n}`,
      `{transaction(id:"x"){...f0}} ${doubling(n, "Transaction", "original{NEXT}", "net{amountMinor}")}`,
    ),
  ),
  ...[20, 24, 28, 60].map((n) =>
    tooLarge("R43", `plain doubling, ${n}`, `{...f0} ${doubling(n, "Query", "NEXT", "__typename")}`),
  ),
  tooLarge(
    "R45",
    "a fragment called __schema",
    `{...__schema} fragment __schema on Query{transaction(id:"x")${nested(20, "original")}}`,
  ),
  refused("R46", "cyclic fragments", "{...a} fragment a on Query{...b} fragment b on Query{...a}"),
  refused("R46", "5,000 open braces", "{a".repeat(5_000)),
  refused("R46", "990 open braces", `${"{a".repeat(990)}${"}".repeat(20)}`),
  refused("R46", "20,000 lists in lists", `{transaction(id:${"[".repeat(20_000)})`),
  refused("R46", "1,900 lists in lists", `{transaction(id:${"[".repeat(1_900)}`),
  refused("R46", "980 lists in lists, closed", `{transaction(id:${"[".repeat(980)}${"]".repeat(980)}){id}}`),
  {
    id: "R48",
    name: "variables nested 40,000 deep",
    send: post(`{"query":"{__typename}","variables":{"v":${"[".repeat(40_000)}${"]".repeat(40_000)}}}`),
    status: [400],
    code: "OPERATION_TOO_LARGE",
    isControl: true,
  },
  tooLarge("R48", "a text of 50 kB", "query($v:String){__typename}", { v: "x".repeat(50_000) }),
  { id: "R48", name: "a text of 1 MB", send: operation("{__typename}", { v: "x".repeat(1_000_000) }), status: [413] },
  tooLarge("R48", "a list of 40,000", "query($v:[Int]){__typename}", { v: Array(40_000).fill(1) }),
  tooLarge("R49", "first: 100000", `{transactions(first:100000){${NODE}}}`),
  tooLarge("R49", "first: 2147483648", `{transactions(first:2147483648){${NODE}}}`, undefined, false),
  tooLarge("R49", "first: 100000 by variable", `query($n:Int){transactions(first:$n){${NODE}}}`, { n: 100_000 }),
  refused("R49", "first: -1", `{transactions(first:-1){${NODE}}}`),
  refused("R49", "first and last", `{transactions(first:1,last:1){${NODE}}}`),
  { ...refused("R49", "no first", `{transactions{${NODE}}}`), status: [200], isServed: true },
  tooLarge("R50", "a filter of 9,000 ids", "query($m:[ID!]){transactions(filter:{merchants:$m}){totalCount}}", {
    m: Array(9_000).fill("mer_a"),
  }),
  tooLarge("R50", "a search of wildcards", "query($s:String){transactions(filter:{search:$s}){totalCount}}", {
    s: "%_%_%".repeat(500),
  }),
  {
    id: "R54",
    name: "a hash alone",
    send: post(persisted(HASH)),
    status: [400],
    code: "PERSISTED_QUERY_NOT_SUPPORTED",
  },
  {
    id: "R54",
    name: "a hash to register",
    send: post({ query: "{__typename}", ...persisted(HASH) }),
    status: [400],
    isControl: true,
  },
  {
    id: "R54",
    name: "a wrong hash",
    send: post({ query: "{__typename}", ...persisted("0".repeat(64)) }),
    status: [400],
    isControl: true,
  },
  {
    id: "R55",
    name: "an id nobody registered",
    send: post({ documentId: "x" }),
    status: [400],
    code: "OPERATION_NOT_ALLOWED",
  },
  refused("R56", "@defer", "{...@defer{__typename}}"),
  refused("R56", "@stream", "{transactions{edges @stream{cursor}}}"),
  refused("R56", "an unknown subscription", "subscription{x}"),
  refused("R56", "two operations without a name", "query a{__typename} query b{__typename}"),
];

function inlineFragments(width: number, depth: number): string {
  const level = (left: number): string => (left === 0 ? "{a}" : `{${repeat(width, () => `...${level(left - 1)}`)}}`);
  return level(depth);
}
