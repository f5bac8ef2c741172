import { gzipSync } from "node:zlib";
import { type Attack, JSON_HEADERS, operation, post } from "../attack.ts";

const TYPENAME = '{"query":"{__typename}"}';
const withType = (id: string, contentType: string, body = TYPENAME): Attack => ({
  id,
  name: contentType,
  send: { headers: { "content-type": contentType }, body },
  status: [400, 415],
  isControl: contentType === "text/plain",
});

export const TRANSPORT: readonly Attack[] = [
  {
    id: "R14",
    name: "GET without a header that a page cannot send",
    send: { method: "GET", path: "/graphql?query={__typename}" },
    status: [400, 405],
  },
  {
    id: "R15",
    name: "a mutation by GET",
    send: {
      method: "GET",
      path: `/graphql?query=${encodeURIComponent('mutation{startReconciliation(input:{mode:DRY_RUN,idempotencyKey:"x"}){__typename}}')}`,
      headers: { "apollo-require-preflight": "1" },
    },
    status: [405],
  },
  withType("R16", "application/x-www-form-urlencoded", "query=%7B__typename%7D"),
  withType("R18", "text/plain"),
  withType(
    "R19",
    "multipart/form-data; boundary=b",
    '--b\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{"query":"{__typename}"}\r\n--b--\r\n',
  ),
  { id: "R20", name: "no content type", send: { body: TYPENAME }, status: [400, 415] },
  ...["PUT", "DELETE", "TRACE", "PATCH"].map(
    (method): Attack => ({ id: "R22", name: method, send: { method, headers: JSON_HEADERS }, status: [405] }),
  ),
  withType("R23", "application/json; charset=utf-7"),
  withType("R23", "application/json; charset=ibm037"),
  {
    id: "R24",
    name: "a gzip bomb",
    send: { headers: { ...JSON_HEADERS, "content-encoding": "gzip" }, body: gzipSync(Buffer.alloc(50_000_000, " ")) },
    status: [413, 415],
  },
  {
    id: "R25",
    name: "a body of 5 MB",
    send: operation("{__typename}", undefined, { padding: "x".repeat(5_000_000) }),
    status: [413],
    isControl: true,
  },
  {
    id: "R28",
    name: "a hundred headers of 8 kB",
    send: {
      headers: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x-${i}`, "x".repeat(8_000)])),
      body: TYPENAME,
    },
    status: [431],
  },
  { id: "R28", name: "a path of 100 kB", send: { method: "GET", path: `/${"x".repeat(100_000)}` }, status: [414, 431] },
  {
    id: "R30",
    name: "a trace for Apollo",
    send: post(TYPENAME, { "apollo-federation-include-trace": "ftv1" }),
    status: [200],
    isServed: true,
    without: /extensions/,
  },
];
