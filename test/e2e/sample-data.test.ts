import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSampleWorkspace } from "../../commands/sample-workspace.ts";
import { openPortalSite, type PortalSite } from "../portal/support/portal-site.ts";
import { type GraphClient, signIn } from "../support/graph-client.ts";
import { openParts, SAMPLES } from "../support/sample-files.ts";
import { adyenReport } from "../support/settlement-files.ts";
import { until } from "../support/until.ts";

const SHOP = "mer_korenaar";

describe("the sample data of a development server", () => {
  let portal: PortalSite;
  let administrator: GraphClient;
  let finance: GraphClient;

  beforeAll(async () => {
    portal = await openPortalSite("sample_data");
    [administrator, finance] = await Promise.all([signIn(portal.url, "administrator"), signIn(portal.url, "finance")]);
  }, 300_000);

  afterAll(() => portal?.site.close());

  test("is told of, loaded and cleared by administrators alone", async () => {
    expect(await stateOf(administrator)).toEqual({ merchantId: SHOP, state: "LOADED" });
    for (const document of [STATE, change("loadSampleData", SHOP), change("clearSampleData", SHOP)]) {
      const { data, errors } = await finance.ask<Record<string, unknown>>(document);
      expect(Object.values(data ?? {})).toEqual([null]);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(["FORBIDDEN"]);
    }
  });

  test("is cleared as a whole: nobody sees anything of it, and a start leaves it so", async () => {
    expect(await done(change("clearSampleData", SHOP, "clear"))).toEqual({ merchantId: SHOP, state: "ABSENT" });
    expect(await stateOf(administrator)).toEqual({ merchantId: SHOP, state: "ABSENT" });
    await until(async () => (await countOf(administrator)) === "0");
    const { errors } = await finance.ask("{ transactions(first: 1) { totalCount } }");
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(["FORBIDDEN"]);
    const system = await openParts(portal.site);
    try {
      const workspace = await openSampleWorkspace(system, await system.open("worker", 1), SAMPLES);
      expect(await workspace?.wasCleared()).toBe(true);
      expect(await openSampleWorkspace(system, await system.open("worker", 1), `${SAMPLES}/none`)).toBeUndefined();
    } finally {
      await system.close();
    }
  });

  test("is loaded again as it was, once for a key, and both stand in the audit", async () => {
    const load = change("loadSampleData", "platform", "load");
    expect(await done(load)).toEqual({ merchantId: SHOP, state: "LOADED" });
    expect(await done(load)).toEqual({ merchantId: SHOP, state: "LOADED" });
    await until(async () => Number(await countOf(administrator)) > 1_000);
    const acts = await administrator.data<Acts>(AUDIT);
    const told = (list: Acts[keyof Acts]) => list.edges.map(({ node }) => [node.action, node.outcome]);
    expect(told(acts.cleared)).toEqual([["sample-data.clear", "DONE"]]);
    expect(told(acts.loaded)).toEqual([["sample-data.load", "DONE"]]);
    expect(await done(change("clearSampleData", "platform", "other"))).toMatchObject({ reason: "NOT_FOUND" });
  });

  test("stays while anything is at its merchant that it did not bring", async () => {
    const input = { merchantId: SHOP, email: "new@shop.example", groupId: "viewer", idempotencyKey: "invite" };
    const { inviteUser } = await administrator.data<Invited>(INVITE, { input });
    expect(await done(change("clearSampleData", SHOP, "invited"))).toMatchObject({ reason: "SAMPLES_USED" });
    const invitation = { merchantId: SHOP, invitationId: inviteUser.invitationId, idempotencyKey: "revoke" };
    await administrator.data(REVOKE, { input: invitation });
    await upload();
    expect(await done(change("clearSampleData", SHOP, "mixed"))).toMatchObject({ reason: "SAMPLES_MIXED" });
    expect(await stateOf(administrator)).toMatchObject({ merchantId: SHOP });
    expect(Number(await countOf(administrator))).toBeGreaterThan(1_000);
  });

  async function done(document: string): Promise<object> {
    const { outcome } = await administrator.data<{ readonly outcome: object }>(document);
    return outcome;
  }

  async function upload(): Promise<void> {
    const response = await fetch(`${portal.url}/files?merchant=${SHOP}`, {
      method: "POST",
      headers: { authorization: `Bearer ${administrator.token}`, "content-type": "text/csv", "x-file-name": "own.csv" },
      body: adyenReport("KorenaarPOS", [{ psp: "OWN1", gross: 1_000 }], { batch: "own" }),
    });
    expect(response.status).toBeLessThan(300);
  }
});

async function stateOf(client: GraphClient): Promise<object | null> {
  const { sampleData } = await client.data<{ readonly sampleData: object | null }>(STATE);
  return sampleData;
}

async function countOf(client: GraphClient): Promise<string> {
  const { transactions } = await client.data<{ readonly transactions: { readonly totalCount: string } }>(
    "{ transactions(first: 1) { totalCount } }",
  );
  return transactions.totalCount;
}

function change(field: string, merchantId: string, key = "k"): string {
  return `mutation { outcome: ${field}(input: { merchantId: "${merchantId}", idempotencyKey: "${key}" }) {
    ... on SampleData { merchantId state } ... on AccountRefusal { reason } } }`;
}

type Page = {
  readonly edges: readonly { readonly node: { readonly action: string; readonly outcome: string } }[];
};
type Acts = { readonly cleared: Page; readonly loaded: Page };
type Invited = { readonly inviteUser: { readonly invitationId: string } };

const STATE = "{ sampleData { merchantId state } }";
const AUDIT = `{
  cleared: auditEvents(filter: { actions: ["sample-data.clear"], outcome: DONE }) { edges { node { action outcome } } }
  loaded: auditEvents(filter: { actions: ["sample-data.load"], outcome: DONE }) { edges { node { action outcome } } }
}`;
const INVITE =
  "mutation ($input: InviteUserInput!) { inviteUser(input: $input) { ... on InvitationChange { invitationId } } }";
const REVOKE =
  "mutation ($input: InvitationInput!) { revokeInvitation(input: $input) { ... on InvitationChange { invitationId } } }";
