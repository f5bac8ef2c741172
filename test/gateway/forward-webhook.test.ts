import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { adyenWebhooks } from "../../adapters/webhooks/adyen.ts";
import { forwardWebhook } from "../../commands/forward-webhook.ts";
import { webhookRoute } from "../../subgraphs/reconciliation/webhooks/webhook-route.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import type { AppError } from "../../subgraphs/shared/errors.ts";
import { type CallKey, createCallVerifier } from "../../subgraphs/shared/identity/call-signature.ts";
import { createLog } from "../../subgraphs/shared/log.ts";
import type { Services } from "../../subgraphs/shared/subgraph/request-context.ts";
import { refuseCall, verifyStream } from "../../subgraphs/shared/subgraph/signed-call.ts";
import { createMigratedDatabase } from "../support/postgres.ts";
import { adyenDelivery, delivery, HMAC_KEY } from "../support/webhook-senders.ts";

const ONE: CallKey = { id: "one", secret: "1".repeat(32) };
const TWO: CallKey = { id: "two", secret: "2".repeat(32) };
const log = createLog({ logLevel: "silent" }, {});
const MESSAGE = adyenDelivery([{ eventCode: "AUTHORISATION", pspReference: "PSP1", merchantAccountCode: "Shop1" }]);

/** The webhooks' door of a reconciliation subgraph that knows key one, with its database. */
async function startReceiver() {
  const test = await createMigratedDatabase("forward_webhook");
  const database = await openDatabase({ url: test.url }, { role: "app", maxConnections: 2, onError: () => undefined });
  const receivers = new Map([["adyen", adyenWebhooks({ hmacKeys: [HMAC_KEY] })]]);
  const route = webhookRoute({ database, log, receivers });
  const verifyCall = createCallVerifier({ subgraph: "reconciliation", keys: [ONE] });
  const server = createServer(async (request, response) => {
    try {
      verifyStream(verifyCall, request);
    } catch (error) {
      return refuseCall(error as AppError, request, response, log);
    }
    await route.handle(request, response, {} as Services);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async () => {
    server.close();
    server.closeAllConnections();
    if (database.isInitialized) await database.destroy();
    await test.drop();
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, close };
}

test("a webhook is passed on signed, byte for byte, and the answer comes back as it is", async () => {
  const { url } = await startReceiver();
  const forward = forwardWebhook(url, [ONE]);
  expect(await forward("adyen", MESSAGE)).toEqual({ status: 200, text: "[accepted]" });
  const changed = delivery(MESSAGE.body.toString().replace("Shop1", "Shop2"));
  expect(await forward("adyen", changed)).toMatchObject({
    status: 401,
    body: { errors: [{ extensions: { code: "UNAUTHENTICATED" } }] },
  });
  expect(await forward("mollie", MESSAGE)).toMatchObject({ status: 404 });
});

test("a receiver that does not know our key is out of order, and the provider sends again", async () => {
  const { url, close } = await startReceiver();
  await expect(forwardWebhook(url, [TWO])("adyen", MESSAGE)).rejects.toMatchObject({ code: "SUBGRAPH_UNAVAILABLE" });
  await expect(forwardWebhook(url, undefined)("adyen", MESSAGE)).rejects.toMatchObject({
    code: "SUBGRAPH_UNAVAILABLE",
  });
  await close();
  await expect(forwardWebhook(url, [ONE])("adyen", MESSAGE)).rejects.toMatchObject({ code: "SUBGRAPH_UNAVAILABLE" });
});
