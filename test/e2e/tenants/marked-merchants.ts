import { adapterFor } from "../../../adapters/registry.ts";
import { webhookReceivers } from "../../../adapters/webhooks/receivers.ts";
import { grantMembership, registerMerchant } from "../../../subgraphs/accounts/register.ts";
import { runTrial } from "../../../subgraphs/reconciliation/trials/run-trial.ts";
import { receiveWebhook } from "../../../subgraphs/reconciliation/webhooks/receive-webhook.ts";
import { inScope } from "../../../subgraphs/shared/database/scope.ts";
import { type BuiltInRole, PERMISSIONS_BY_ROLE } from "../../../subgraphs/shared/identity/permissions.ts";
import { runExport } from "../../../subgraphs/transactions/exports/run-export.ts";
import { type Ledger, openLedger } from "../../support/ledger.ts";
import { adyenDelivery, HMAC_KEY } from "../../support/webhook-senders.ts";
import { filesOf, markedBank, namesOf } from "./marked-files.ts";
import { type MerchantNumber, markOf, merchantIdOf, NUMBERS } from "./marks.ts";
import { workAt } from "./merchant-work.ts";
import { openTenantGraph } from "./tenant-graph.ts";

export const ROLES = Object.keys(PERMISSIONS_BY_ROLE) as readonly BuiltInRole[];

/** Each role at each merchant is a person of its own. */
export const userOf = (role: BuiltInRole, number: MerchantNumber) => `${role}-${markOf(number)}`;
export const BETWEEN = "both-M1-and-M2";
export const NOBODY = "nobody-at-all";

/** Three merchants of equal shape, filled through the doors that everybody uses. */
export async function openMarkedMerchants(name: string): Promise<Ledger> {
  const ledger = await openLedger(name, (head) => (markedBank.accepts(head) ? markedBank : adapterFor(head)));
  for (const number of NUMBERS) await register(ledger, number);
  for (const number of NUMBERS) {
    for (const { name: file, content } of filesOf(number)) await ledger.feed(merchantIdOf(number), content, file);
    await ledger.reconcile(merchantIdOf(number), "2026-11-25");
  }
  await deliverWebhooks(ledger);
  const graph = await openTenantGraph(ledger);
  try {
    for (const number of NUMBERS) await workAt(graph, number, () => carryOut(ledger, number));
  } finally {
    await graph.close();
  }
  return ledger;
}

async function register(ledger: Ledger, number: MerchantNumber): Promise<void> {
  const mark = markOf(number);
  const merchantId = merchantIdOf(number);
  const { tid, adyen, edenred, ccvPay, bank } = namesOf(number);
  const zone = "Europe/Brussels";
  const places = ["a", "b"].map((letter) => ({
    id: `loc_${letter}_${mark}`,
    name: `Place ${letter} ${mark}`,
    city: `City ${mark}`,
    country: "BE",
    zone,
  }));
  const registration = {
    merchant: { id: merchantId, name: `Merchant ${mark}`, zone },
    locations: places,
    terminals: [
      {
        id: `ter_${mark}`,
        tid,
        locationId: `loc_a_${mark}`,
        application: `app ${mark}`,
        validFrom: "2020-01-01T00:00:00Z",
      },
      {
        id: `ter_b_${mark}`,
        tid: `${92_000_000 + number}`,
        locationId: `loc_b_${mark}`,
        validFrom: "2020-01-01T00:00:00Z",
      },
    ],
    providerAccounts: Object.entries({ adyen, edenred, "ccv-pay": ccvPay, bank }).map(([provider, account]) => ({
      provider,
      account,
    })),
  };
  await inScope(ledger.services.database, { merchants: [merchantId], user: "user:test" }, async (transaction) => {
    await registerMerchant(transaction, registration, `clerk ${mark}`);
    for (const role of ROLES)
      await grantMembership(transaction, { merchantId, userId: userOf(role, number), role }, "user:test");
    if (number < 3)
      await grantMembership(transaction, { merchantId, userId: BETWEEN, role: "administrator" }, "user:test");
  });
}

async function deliverWebhooks(ledger: Ledger): Promise<void> {
  const receivers = webhookReceivers({ adyen: { hmacKeys: [HMAC_KEY] } });
  for (const number of NUMBERS) {
    const pspReference = `${markOf(number)}WEBHOOK1`;
    const item = { eventCode: "AUTHORISATION", pspReference, merchantAccountCode: namesOf(number).adyen };
    await receiveWebhook({ ...ledger.services, receivers }, "adyen", adyenDelivery([item]));
  }
}

/** What a worker would do with what was asked for. */
async function carryOut(ledger: Ledger, number: MerchantNumber): Promise<void> {
  const merchantId = merchantIdOf(number);
  await ledger.reconcile(merchantId, "2026-11-25");
  const asked = await ledger.rows<{ id: string }>("select id from reconciliation.trial where merchant_id = $1", [
    merchantId,
  ]);
  for (const { id } of asked) await runTrial(ledger.services, merchantId, id);
  const exports = await ledger.rows<{ id: string }>("select id from transactions.export where merchant_id = $1", [
    merchantId,
  ]);
  for (const { id } of exports) await runExport(ledger.services, merchantId, id);
}
