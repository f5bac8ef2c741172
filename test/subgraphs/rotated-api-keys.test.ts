import { afterAll, beforeAll, expect, test } from "vitest";
import { webhookReceivers } from "../../adapters/webhooks/receivers.ts";
import { type ProviderApi, startProviderApi } from "../support/provider-api.ts";

let api: ProviderApi;
beforeAll(async () => {
  api = await startProviderApi();
});
afterAll(() => api?.close());

/** Each provider's key by itself in what it is asked with. */
const PROVIDERS = {
  "ccv-pay": {
    setting: "ccvPay",
    keyIn: (text: string) => Buffer.from(text.slice(6), "base64").toString().slice(0, -1),
  },
  mollie: { setting: "mollie", keyIn: (text: string) => text.slice("Bearer ".length) },
} as const;

/** A process that was started with one key asks about a webhook; the provider knows some keys, and no transaction. */
async function ask(provider: keyof typeof PROVIDERS, key: string, known: readonly string[]) {
  const { setting, keyIn } = PROVIDERS[provider];
  api.answers = ({ headers }) => ({ status: known.includes(keyIn(headers.authorization ?? "")) ? 404 : 401 });
  const settings = { url: api.url, accounts: [{ account: "shop", key }], timeoutMs: 5_000, backoffMs: 1 };
  const receiver = webhookReceivers({ [setting]: settings }).get(provider);
  const findings = await receiver?.read({
    id: "whk_1",
    account: "shop",
    key: "tr_unknown1",
    payload: { id: "tr_unknown1" },
  });
  return findings?.map(({ kind }) => kind);
}

test.each(["ccv-pay", "mollie"] as const)(
  "the key that %s is asked with is changed without a question that is refused: made there, restarted with, revoked",
  async (provider) => {
    const [old, fresh] = ["live_old_0123456789abcdefghijklmn", "live_new_0123456789abcdefghijklmn"];
    expect(await ask(provider, old, [old])).toEqual(["unclear"]);
    // Processes restart one after the other, and until the last has both keys are asked with.
    for (const key of [old, fresh]) expect(await ask(provider, key, [old, fresh])).toEqual(["unclear"]);
    expect(await ask(provider, fresh, [fresh])).toEqual(["unclear"]);
    // What is asked with a revoked key is put off, and not lost.
    await expect(ask(provider, old, [fresh])).rejects.toMatchObject({ code: "PROVIDER_UNAVAILABLE" });
  },
);
