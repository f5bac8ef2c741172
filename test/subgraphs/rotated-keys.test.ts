import { createHash, createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { webhookReceivers } from "../../adapters/webhooks/receivers.ts";
import { assertSigned } from "../../subgraphs/reconciliation/import/file-signature.ts";
import { createTokenVerifier } from "../../subgraphs/shared/identity/verify-token.ts";
import { createCursors } from "../../subgraphs/shared/subgraph/cursors.ts";
import { adyenDelivery, stripeDelivery } from "../support/webhook-senders.ts";

/*
 * Every key that two sides share is changed in the same three restarts: the new one is added second, then stands first,
 * then stands alone. key-rotation.test.ts does it to gateways and subgraphs that run.
 */

afterEach(() => vi.useRealTimers());

type Keys = readonly [string, ...string[]];
type Kind = {
  /** What a sender that has these keys sends. */
  readonly send: (keys: Keys) => unknown;
  /** Throws unless a receiver that has these keys takes it. */
  readonly take: (keys: Keys, sent: never) => unknown;
};

const FILE = createHash("sha256").update("a;b").digest("hex");

const KINDS: Readonly<Record<string, Kind>> = {
  "page cursors": {
    send: (keys) => createCursors(keys.map((key) => Buffer.from(key))).seal("list", { sortKey: "1", id: "a" }),
    take: (keys, cursor) => createCursors(keys.map((key) => Buffer.from(key))).open("list", cursor),
  },
  "files of a provider": {
    send: ([key]) => {
      const time = Math.floor(Date.now() / 1_000);
      return `t=${time},v1=${createHmac("sha256", key).update(`${time}.${FILE}`).digest("hex")}`;
    },
    take: (keys, signature) =>
      assertSigned(
        { sha256: FILE, signature },
        { provider: "edenred", keys: keys.map((key) => ({ account: "edenred", key })) },
      ),
  },
  "webhooks of Adyen": {
    send: ([key]) =>
      adyenDelivery([{ eventCode: "AUTHORISATION", pspReference: "P1", merchantAccountCode: "Shop" }], key),
    take: (hmacKeys, delivery) => webhookReceivers({ adyen: { hmacKeys } }).get("adyen")?.open(delivery),
  },
  "webhooks of Stripe": {
    send: (keys) =>
      stripeDelivery(
        { id: "evt_1", type: "charge.succeeded", object: { id: "ch_1", object: "charge" } },
        { secrets: [keys[0]] },
      ),
    take: (keys, delivery) =>
      webhookReceivers({ stripe: { accounts: keys.map((key) => ({ account: "shop", key })) } })
        .get("stripe")
        ?.open(delivery),
  },
};

test.each(Object.entries(KINDS))(
  "the key of %s is changed, and nothing that is sent meanwhile is refused",
  (_, kind) => {
    const [old, fresh] = [randomBytes(32).toString("hex"), randomBytes(32).toString("hex")];
    const steps: readonly Keys[] = [[old], [old, fresh], [fresh, old], [fresh]];
    // In a rolling restart a step's processes meet those of the step before, on either side.
    steps.forEach((keys, index) => {
      const before = steps[Math.max(0, index - 1)] ?? keys;
      // The old key is taken away once all that it signed is through.
      const senders = index === steps.length - 1 ? [keys] : [before, keys];
      const receivers = index === steps.length - 1 ? [before, keys] : [keys];
      for (const sender of senders)
        for (const receiver of receivers) expect(() => kind.take(receiver, kind.send(sender) as never)).not.toThrow();
    });
    expect(() => kind.take([fresh], kind.send([old]) as never)).toThrow();
  },
);

test("an issuer changes the key of its tokens: the new one is fetched when it is first met, and the old one is forgotten", async () => {
  const [old, fresh] = [await keyOf("old"), await keyOf("new")];
  let published: readonly JWK[] = [old.publicKey];
  const server = createServer((_, response) => response.end(JSON.stringify({ keys: published })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  vi.useFakeTimers({ toFake: ["Date"] });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const verify = createTokenVerifier({ issuer: "urn:test", audience: "concord", keys: { url } });
  const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000);

  const who = expect.objectContaining({ userId: "ann" });
  expect(await verify(`Bearer ${await old.token()}`)).toEqual(who);
  published = [fresh.publicKey, old.publicKey];
  pass(31);
  expect(await verify(`Bearer ${await fresh.token()}`)).toEqual(who);
  expect(await verify(`Bearer ${await old.token()}`)).toEqual(who);
  published = [fresh.publicKey];
  expect(await verify(`Bearer ${await fresh.token()}`)).toEqual(who);
  pass(601);
  expect(await verify(`Bearer ${await fresh.token()}`)).toEqual(who);
  await expect(verify(`Bearer ${await old.token()}`)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});

async function keyOf(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  let serial = 0;
  return {
    publicKey: { ...(await exportJWK(publicKey)), alg: "ES256", kid },
    // No two tokens are one, so that none is known from before.
    token: () =>
      new SignJWT({
        sub: "ann",
        iss: "urn:test",
        aud: "concord",
        jti: `${++serial}`,
        iat: Math.floor(Date.now() / 1_000),
        exp: Math.floor(Date.now() / 1_000) + 60,
      })
        .setProtectedHeader({ alg: "ES256", kid, typ: "at+jwt" })
        .sign(privateKey),
  };
}
