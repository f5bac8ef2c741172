import { type Attack, operation, post, type RawRequest } from "../attack.ts";

const STRINGS = [
  "' OR 1=1 --",
  "'; DROP TABLE transactions.transaction; --",
  "$1",
  "%00",
  "\\",
  '"; }',
  "{{7*7}}",
  "$" + "{7*7}",
];
const NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf"];

/** Text in the place of text: served, and finds nothing. */
const inText = (text: string): Attack[] => [
  {
    id: "R59",
    name: `an id ${text}`,
    send: operation("query($v:ID!){transaction(id:$v){id}}", { v: text }),
    status: [200, 400],
    isServed: true,
    without: /ccv_|evo_|acq_/,
  },
  ...["search", "transactionNumber", "merchantReference", "authorisationCode", "last4", "arn"].map(
    (field): Attack => ({
      id: "R59",
      name: `${field} ${text}`,
      send: operation(`query($v:String){transactions(filter:{${field}:$v}){totalCount edges{node{id}}}}`, { v: text }),
      status: [200, 400],
      isServed: true,
      without: /ccv_|evo_|acq_/,
    }),
  ),
  {
    id: "R59",
    name: `a cursor ${text}`,
    send: operation("query($v:String){transactions(after:$v){totalCount}}", { v: text }),
    status: [200, 400],
    isServed: true,
  },
];

const bad = (id: string, name: string, query: string, variables?: unknown, code?: string): Attack => ({
  id,
  name,
  send: operation(query, variables),
  status: [400],
  ...(code !== undefined && { code }),
});

/** The gateway knows scalars by name only: the subgraph refuses the value, and the answer has no list. */
const badAmount = (name: string, raw: RawRequest, code = "BAD_USER_INPUT"): Attack => ({
  id: "R69",
  name: `an amount ${name}`,
  send: raw,
  status: [200, 400],
  isServed: true,
  code,
  without: /totalCount":/,
});

const BY_ID = "query($v:ID!){transaction(id:$v){id}}";
const BY_AMOUNT =
  'query($v:BigInt){transactions(filter:{amount:{currency:"EUR",minimumMinor:$v,maximumMinor:$v}}){totalCount}}';

export const INJECTION: readonly Attack[] = [
  ...STRINGS.flatMap(inText),
  bad(
    "R60",
    "a sort field from text",
    "query($f:TransactionOrderField!){transactions(orderBy:{field:$f,direction:ASC}){totalCount}}",
    {
      f: "amount; select pg_sleep(5)",
    },
  ),
  bad(
    "R60",
    "a direction from text",
    "query($d:Direction!){transactions(orderBy:{field:AMOUNT,direction:$d}){totalCount}}",
    {
      d: "ASC; select pg_sleep(5)",
    },
  ),
  ...NAMES.map(
    (name): Attack => ({
      id: "R62",
      name: `aliases ${name}`,
      send: operation(`{${name}:transactions(first:1){${name}:edges{${name}:node{${name}:id}}}}`),
      status: [200, 400],
      isServed: true,
    }),
  ),
  {
    id: "R63",
    name: "a variable __proto__",
    send: post('{"query":"{__typename}","variables":{"__proto__":{"polluted":true}}}'),
    status: [400],
    isControl: true,
  },
  {
    id: "R63",
    name: "a member __proto__ of a variable",
    send: post('{"query":"query($f:TransactionFilter){__typename}","variables":{"f":{"__proto__":{"polluted":true}}}}'),
    status: [400],
  },
  {
    id: "R63",
    name: "a body key __proto__",
    send: post('{"query":"{__typename}","__proto__":{"polluted":true}}'),
    status: [400],
    isControl: true,
  },
  bad("R65", "U+0000 in a variable", BY_ID, { v: "a\u0000b" }, "INVALID_INPUT"),
  bad("R65", "U+0000 in the document", '{transaction(id:"a\\u0000b"){id}}', undefined, "INVALID_INPUT"),
  bad("R65", "a lone surrogate", BY_ID, { v: "a\ud800b" }, "INVALID_INPUT"),
  ...[`e${"\u0301".repeat(900)}`, "\u202Egnp.exe"].map(
    (text): Attack => ({
      id: "R65",
      name: "odd but whole characters",
      send: operation("query($v:String){transactions(filter:{search:$v}){totalCount}}", { v: text }),
      status: [200, 400],
      isServed: true,
    }),
  ),
  ...[{ $ne: null }, { type: "or" }, ["a", "b"], true, 1.5].map((v) =>
    bad("R66", `${JSON.stringify(v)} for an id`, BY_ID, { v }, "BAD_USER_INPUT"),
  ),
  ...['a\n{"level":"fatal"}', "x".repeat(10_000), "<script>alert(1)</script>"].map(
    (operationName): Attack => ({
      id: "R67",
      name: `an operation name of ${operationName.length} characters`,
      send: operation("query a{__typename}", undefined, { operationName }),
      status: [400],
    }),
  ),
  ...["1e309", "0x1F", "10,50", "", " "].map((v) => badAmount(v, operation(BY_AMOUNT, { v }))),
  ...["-0", "9007199254740993", "9223372036854775808"].map(
    (v): Attack => ({
      id: "R69",
      name: `an amount ${v}`,
      send: operation(BY_AMOUNT, { v }),
      status: [200, 400],
      isServed: true,
    }),
  ),
  badAmount(
    "1e309 as a number",
    operation('{transactions(filter:{amount:{currency:"EUR",minimumMinor:1e309}}){totalCount}}'),
    "SUBGRAPH_ERROR",
  ),
];
