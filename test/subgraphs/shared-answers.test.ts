import { type DocumentNode, parse } from "graphql";
import { expect, test } from "vitest";
import type { Grant, Grants } from "../../subgraphs/shared/identity/grants.ts";
import type { Permission } from "../../subgraphs/shared/identity/permissions.ts";
import type { Answer } from "../../subgraphs/shared/subgraph/execute-operation.ts";
import { answerTogether, askedKey } from "../../subgraphs/shared/subgraph/shared-answers.ts";

const document = parse("subscription { changed { id } }");
const operation = (variables: Record<string, unknown> = {}) => ({
  variables,
  headers: {},
  signal: new AbortController().signal,
});
const asked = (of: DocumentNode = document, variables = {}) => askedKey(of, operation(variables));

function grants(changes: Partial<Grant> = {}): Grants {
  const permissions = new Set<Permission>(["transactions:view"]);
  const grant: Grant = { role: "viewer", group: null, menus: [], actions: [], permissions, locations: null };
  return new Map([["mer_1", { ...grant, ...changes }]]);
}

/** Answers, and counts how often it had to. */
function answering(answer: () => Promise<Answer> | Answer) {
  const made = { count: 0 };
  return {
    made,
    make: async () => {
      made.count += 1;
      return answer();
    },
  };
}

test("an event is answered once for those who ask the same with equal grants, and each has a copy", async () => {
  const { made, make } = answering(() => ({ data: { changed: { id: "a", tags: [{ name: "x" }] } } }));
  const event = {};
  const answers = await Promise.all(
    [grants(), grants(), grants()].map((each) => answerTogether(event, { asked: asked(), grants: each }, make)),
  );
  expect(made.count).toBe(1);
  expect(answers[1]).toEqual(answers[0]);
  const [first] = answers as { data: { changed: { tags: { name: string }[] } } }[];
  first?.data.changed.tags.push({ name: "y" });
  expect(answers[1]?.data?.["changed"]).toEqual({ id: "a", tags: [{ name: "x" }] });
});

test.each<[string, { of?: DocumentNode; variables?: Record<string, unknown>; grants?: Grants; event?: object }]>([
  [
    "another permission",
    { grants: grants({ permissions: new Set<Permission>(["transactions:view", "transactions:assign-status"]) }) },
  ],
  ["a limit to locations", { grants: grants({ locations: ["loc_1"] }) }],
  ["another merchant", { grants: new Map([["mer_2", grants().get("mer_1") as Grant]]) }],
  ["another document", { of: parse("subscription { changed { id name } }") }],
  ["other variables", { variables: { first: 2 } }],
  ["another event", { event: {} }],
])("with %s it is answered anew", async (_, other) => {
  const { made, make } = answering(() => ({ data: {} }));
  const event = {};
  await answerTogether(event, { asked: asked(), grants: grants() }, make);
  await answerTogether(
    other.event ?? event,
    { asked: asked(other.of, other.variables), grants: other.grants ?? grants() },
    make,
  );
  expect(made.count).toBe(2);
});

test("an answer with errors, or none at all, is nobody else's", async () => {
  const failing = answering(() => ({ errors: [{ message: "no", extensions: { requestId: "one" } }] }));
  const event = {};
  for (let turn = 0; turn < 2; turn++) await answerTogether(event, { asked: asked(), grants: grants() }, failing.make);
  expect(failing.made.count).toBe(2);
  const ended = {};
  const gone = answerTogether(ended, { asked: asked(), grants: grants() }, () => Promise.reject(new Error("left")));
  const fine = answerTogether(ended, { asked: asked(), grants: grants() }, async () => ({ data: { changed: null } }));
  await expect(gone).rejects.toThrow("left");
  expect(await fine).toEqual({ data: { changed: null } });
});

test("a field may be called __proto__, and an event may be no object", async () => {
  const data = JSON.parse('{"__proto__": {"id": "a"}}') as Record<string, unknown>;
  const event = {};
  const { make } = answering(() => ({ data }));
  await answerTogether(event, { asked: asked(), grants: grants() }, make);
  const copy = await answerTogether(event, { asked: asked(), grants: grants() }, make);
  expect(Object.entries(copy.data ?? {})).toEqual([["__proto__", { id: "a" }]]);
  expect(await answerTogether(7, { asked: asked(), grants: grants() }, make)).toEqual({ data });
});
