import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subgraph } from "../../subgraphs/accounts/subgraph.ts";
import { callInProcess } from "../../subgraphs/shared/subgraph/call-in-process.ts";
import { at, codes, type Graph, openGraph, plain, type Row } from "./support/graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph("invitations", [subgraph], {
    ada: { mer_a: "administrator" },
    bob: { mer_a: "administrator" },
    fin: { mer_a: "finance" },
    max: { mer_b: "administrator" },
  });
  const place = { merchant_id: "mer_a", id: "loc_1", name: "Gent", country: "BE", zone: "Europe/Brussels" };
  await graph.insert("accounts.location", place);
});
afterAll(() => graph.close());

let sent = 0;
const act = async (
  user: string,
  field: string,
  input: Row,
  type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`,
) => {
  sent += 1;
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename
    ${field === "removeUserGroup" ? "" : "... on InvitationChange { invitationId token }"}
    ... on AccountRefusal { reason } } }`;
  const given = { merchantId: "mer_a", idempotencyKey: `key-${sent}`, ...input };
  const answer = await graph.ask(user, subgraph, query, { input: given });
  return answer.errors ? { codes: codes(answer) } : (at(answer, "data", field) as Row);
};
type Sent = { readonly invitationId: string; readonly token: string };
const invite = async (email: string, input: Row = {}, user = "ada") =>
  (await act(user, "inviteUser", { email, groupId: "viewer", ...input })) as Sent & Row;
const about = (user: string, field: "resendInvitation" | "revokeInvitation", invitationId: string) =>
  act(user, field, { invitationId }, "InvitationInput") as Promise<Sent & Row>;

/** As whoever the issuer says it is. */
async function accept(
  user: string,
  token: string,
  claims: Row = { email: `${user}@example.com`, email_verified: true },
) {
  const query = `mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
    ... on InvitationAccepted { merchantId groupId } ... on AccountRefusal { reason } } }`;
  const headers = { authorization: `Bearer ${await graph.token(user, claims)}` };
  const call = { query, variables: { input: { token } }, headers, signal: new AbortController().signal };
  return at(plain(await callInProcess(subgraph, graph.services)(call)), "data", "acceptInvitation") as Row;
}
const permissionsOf = async (user: string) => (await graph.services.grantsOf(user, { fresh: true })).get("mer_a");
const acts = (id: string) =>
  graph.sql("select action, outcome, actor_id from delivery.audit_entry where object_id = $1 order by position", [id]);

test("who was invited and has the address verified belongs to the merchant, once", async () => {
  const { invitationId, token } = await invite(" Eva@Example.com ", { locations: ["loc_1"] });
  expect(token).toMatch(/^cinv\.inv_/);
  expect(await accept("eva", token)).toEqual({ merchantId: "mer_a", groupId: "viewer" });
  expect(await permissionsOf("eva")).toMatchObject({ role: "viewer", locations: ["loc_1"] });
  expect(await accept("eva", token)).toEqual({ merchantId: "mer_a", groupId: "viewer" });
  expect(await accept("eve", token, { email: "eva@example.com", email_verified: true })).toEqual({
    reason: "INVITATION_NOT_GOOD",
  });
  expect(await permissionsOf("eve")).toBeUndefined();
  expect(await acts(invitationId)).toEqual([
    { action: "invitation.accept", outcome: "DONE", actor_id: "eva" },
    { action: "invitation.accept", outcome: "DENIED", actor_id: "eve" },
  ]);
  const list = '{ invitations(merchantId: "mer_a") { edges { node { id email groupId locations state invitedBy } } } }';
  const { edges } = at(await graph.ask("ada", subgraph, list), "data", "invitations") as { edges: { node: Row }[] };
  expect(edges.map(({ node }) => node)).toContainEqual({
    id: invitationId,
    email: "eva@example.com",
    groupId: "viewer",
    locations: ["loc_1"],
    state: "ACCEPTED",
    invitedBy: "ada",
  });
});

describe("a token is good for nothing", () => {
  test("for another address, without one, or with one that nobody verified", async () => {
    const { token } = await invite("una@example.com");
    expect(await accept("mallory", token)).toEqual({ reason: "INVITATION_NOT_GOOD" });
    for (const claims of [{}, { email: "una@example.com" }, { email: "una@example.com", email_verified: "true" }])
      expect(await accept("una", token, claims)).toEqual({ reason: "EMAIL_NOT_VERIFIED" });
    expect(await permissionsOf("una")).toBeUndefined();
  });

  test("when another one was sent, when it was taken back and when its time is over", async () => {
    const first = await invite("ugo@example.com");
    const second = await about("ada", "resendInvitation", first.invitationId);
    expect(await accept("ugo", first.token)).toEqual({ reason: "INVITATION_NOT_GOOD" });
    await graph.sql("update accounts.invitation set expires_at = clock_timestamp() where id = $1", [
      first.invitationId,
    ]);
    expect(await accept("ugo", second.token)).toEqual({ reason: "INVITATION_NOT_GOOD" });
    const third = await about("ada", "resendInvitation", first.invitationId);
    await about("ada", "revokeInvitation", first.invitationId);
    expect(await accept("ugo", third.token)).toEqual({ reason: "INVITATION_NOT_GOOD" });
    expect(await about("ada", "resendInvitation", first.invitationId)).toMatchObject({ reason: "NOT_FOUND" });
    for (const made_up of ["", "cinv.x", `${third.token.slice(0, -1)}${third.token.endsWith("A") ? "B" : "A"}`])
      expect(await accept("ugo", made_up)).toEqual({ reason: "INVITATION_NOT_GOOD" });
  });

  test("once whoever sent it may no longer give what it gives", async () => {
    const { token } = await invite("ivo@example.com", { groupId: "administrator" }, "bob");
    await graph.sql("update accounts.membership set disabled_at = now() where user_id = 'bob'");
    expect(await accept("ivo", token)).toEqual({ reason: "INVITATION_NOT_GOOD" });
    await graph.sql("update accounts.membership set disabled_at = null where user_id = 'bob'");
    expect(await accept("ivo", token)).toEqual({ merchantId: "mer_a", groupId: "administrator" });
  });

  test("for who belongs to the merchant already, and most of all for who is kept out", async () => {
    const { token } = await invite("fin@example.com", { groupId: "administrator" });
    await graph.sql("update accounts.membership set disabled_at = now() where user_id = 'fin'");
    expect(await accept("fin", token)).toEqual({ reason: "MEMBER_ALREADY" });
    expect(await permissionsOf("fin")).toBeUndefined();
    await graph.sql("update accounts.membership set disabled_at = null where user_id = 'fin'");
  });
});

test("two who send one token at once are one user", async () => {
  const { token } = await invite("duo@example.com");
  const claims = { email: "duo@example.com", email_verified: true };
  const answers = await Promise.all(["duo-1", "duo-2", "duo-3"].map((user) => accept(user, token, claims)));
  expect(answers.filter(({ merchantId }) => merchantId === "mer_a")).toHaveLength(1);
  const [row] = await graph.sql("select count(*) as n from accounts.membership where user_id like 'duo-%'");
  expect(Number(row?.["n"])).toBe(1);
});

test("nobody invites to more than they have, to another merchant, twice, or into a machine's place", async () => {
  const saved = await graph.ask(
    "ada",
    subgraph,
    `mutation { saveUserGroup(input: { merchantId: "mer_a", name: "Desk", menus: [USERS], actions: [MANAGE],
      idempotencyKey: "desk" }) { ... on UserGroup { id version } } }`,
  );
  const { id: groupId, version } = at(saved, "data", "saveUserGroup") as Row;
  const { token } = await invite("gil@example.com", { groupId });
  const removal = { groupId, expectedVersion: version };
  expect(await act("ada", "removeUserGroup", removal)).toMatchObject({ reason: "IN_USE" });
  expect(await accept("gil", token)).toEqual({ merchantId: "mer_a", groupId });
  expect(await act("ada", "removeUserGroup", removal)).toMatchObject({ reason: "IN_USE" });
  expect(await invite("new@example.com", {}, "gil")).toMatchObject({ reason: "MORE_THAN_YOURS" });
  expect(await invite("new@example.com", {}, "max")).toEqual({ codes: ["FORBIDDEN"] });
  expect(await invite("new@example.com", {}, "fin")).toEqual({ codes: ["FORBIDDEN"] });
  await invite("new@example.com");
  expect(await invite("NEW@example.com")).toMatchObject({ reason: "INVITED_ALREADY" });
  expect(await invite("x@example.com", { groupId: "adapter" })).toMatchObject({ reason: "NOT_FOUND" });
  expect(await invite("x@example.com", { locations: ["loc_9"] })).toMatchObject({ reason: "NOT_FOUND" });
  for (const bad of ["", "x", "a@b", "a b@example.com", "<a@example.com>"])
    expect(await invite(bad), bad).toEqual({ codes: ["INVALID_INPUT"] });
  await graph.sql("delete from accounts.membership where user_id = 'gil'");
  expect(await act("ada", "removeUserGroup", { ...removal, expectedVersion: 9 })).toMatchObject({
    reason: "VERSION_CONFLICT",
  });
  expect(await act("ada", "removeUserGroup", removal)).toMatchObject({ __typename: "UserGroup" });
  expect(await act("ada", "removeUserGroup", removal)).toMatchObject({ reason: "NOT_FOUND" });
});

test("neither token nor address stands where they need not: a hash is kept, and the audit has the address masked", async () => {
  const { token } = await invite("zoe.long@example.com");
  const secret = token.split(".")[2];
  for (const table of ["accounts.invitation", "accounts.account_change", "delivery.audit_entry"])
    expect(JSON.stringify(await graph.sql(`select * from ${table}`))).not.toContain(secret);
  const audit = JSON.stringify(await graph.sql("select detail from delivery.audit_entry"));
  expect(audit).toContain("z…@example.com");
  expect(audit).not.toContain("zoe.long");
});

test("a viewer sees where they belong to, and what it opens", async () => {
  const query = "{ viewer { memberships { merchantId role groupId groupName menus actions locations } } }";
  expect(at(await graph.ask("eva", subgraph, query), "data", "viewer", "memberships")).toEqual([
    {
      merchantId: "mer_a",
      role: "viewer",
      groupId: "viewer",
      groupName: "viewer",
      menus: ["TRANSACTIONS", "ANALYSIS", "SETTLEMENTS", "EXPORTS", "TERMINALS", "RECONCILIATION"],
      actions: ["VIEW", "EXPORT"],
      locations: ["loc_1"],
    },
  ]);
});
