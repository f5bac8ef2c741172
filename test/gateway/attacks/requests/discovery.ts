import { type Attack, operation } from "../attack.ts";

const INTROSPECTION = "{__schema{types{name fields{name}}}}";
const page = (path: string): Attack => ({
  id: "R12",
  name: `a page at ${path}`,
  send: { method: "GET", path, headers: { accept: "text/html" } },
  status: [404, 406],
  without: /<html/i,
});
const invalid = (id: string, query: string, without: RegExp, isControl = false): Attack => ({
  id,
  name: query,
  send: operation(query),
  status: [400],
  without,
  isControl,
});

export const DISCOVERY: readonly Attack[] = [
  ...[
    ["R01", INTROSPECTION],
    ["R02", '{__type(name:"Transaction"){fields{name}}}'],
    ["R03", "query{...f} fragment f on Query{a:__schema{queryType{name}}}"],
  ].map(
    ([id = "", query = ""]): Attack => ({
      id,
      name: query,
      send: operation(query),
      status: [400],
      code: "INTROSPECTION_DISABLED",
      isControl: true,
    }),
  ),
  {
    id: "R04",
    name: "introspection by GET",
    send: {
      method: "GET",
      path: `/graphql?query=${encodeURIComponent(INTROSPECTION)}`,
      headers: { "apollo-require-preflight": "1" },
    },
    status: [400, 405],
    without: /queryType|TransactionConnection/,
  },
  ...["Transaction", "Nonsense"].map(
    (type): Attack => ({
      id: "R06",
      name: `_entities of ${type} at the gateway`,
      send: operation(`query($r:[_Any!]!){_entities(representations:$r){...on ${type}{id}}}`, { r: [] }),
      status: [400],
      without: /_Any|Transaction|Nonsense/,
    }),
  ),
  { id: "R06", name: "_service at the gateway", send: operation("{_service{sdl}}"), status: [400] },
  invalid("R07", "{transactons{id}}", /transactions/, true),
  invalid("R08", '{transaction(id:"1"){...on Transactio{id}}}', /Transaction\b/, true),
  invalid("R09", "{transactions(frst:1){totalCount}}", /"first|\bfirst\b/, true),
  invalid("R09", '{transactions(filter:{currncies:["EUR"]}){totalCount}}', /currencies/),
  invalid("R09", "{transactions(orderBy:{field:OCCURRED_A,direction:ASC}){totalCount}}", /OCCURRED_AT/),
  {
    id: "R10",
    name: "a thousand words of a dictionary",
    send: operation(`{${Array.from({ length: 1_000 }, (_, i) => `word${i}`).join(" ")}}`),
    status: [400],
    code: "OPERATION_TOO_LARGE",
    isControl: true,
  },
  ...["query @deprecated{__typename}", "{__typename @skip}", "queryy{__typename}", "", " ", "#"].map(
    (query): Attack => ({ id: "R11", name: `a probe for the engine: ${query}`, send: operation(query), status: [400] }),
  ),
  ...["/", "/graphiql", "/playground", "/altair", "/voyager", "/console", "/graphiql/graphiql.js"].map(page),
  { id: "R13", name: "qwerty cop { abc }", send: operation("qwerty cop { abc }"), status: [400] },
];
