import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parseJson } from "../../adapters/readers/json.ts";
import { adyenWebhooks } from "../../adapters/webhooks/adyen.ts";
import { ccvPayWebhooks } from "../../adapters/webhooks/ccv-pay.ts";
import { providerMinor } from "../../adapters/webhooks/minor-units.ts";
import { mollieWebhooks } from "../../adapters/webhooks/mollie.ts";
import { eventsOfPayment, MolliePayment } from "../../adapters/webhooks/mollie-payment.ts";
import { stripeWebhooks } from "../../adapters/webhooks/stripe.ts";
import type { Delivery, Finding, WebhookReceiver } from "../../adapters/webhooks/webhook.ts";
import {
  type AdyenFields,
  adyenDelivery,
  ccvDelivery,
  delivery,
  HMAC_KEY,
  mollieDelivery,
  stripeDelivery,
} from "../support/webhook-senders.ts";

const SHOP = { merchantAccountCode: "Shop1" } as const;
const AUTHORISED: AdyenFields = { ...SHOP, eventCode: "AUTHORISATION", pspReference: "PSP1" };

const refusal = (receiver: WebhookReceiver, message: Delivery) => {
  try {
    receiver.open(message);
    return "taken";
  } catch (error) {
    return String(error instanceof Error ? `${Reflect.get(error, "code")}: ${error.message}` : error);
  }
};

/** What it says of a dispute, beside its money. */
async function disputeOf(receiver: WebhookReceiver, message: Delivery) {
  const [notice] = receiver.open(message);
  const findings = await receiver.read({ id: "whk_1", ...notice! });
  return findings.find(({ kind }) => kind === "dispute") as Extract<Finding, { kind: "dispute" }> | undefined;
}

async function meaning(receiver: WebhookReceiver, message: Delivery): Promise<Finding> {
  const [notice] = receiver.open(message);
  const [finding] = await receiver.read({ id: "whk_1", ...notice! });
  return finding!;
}

describe("Adyen", () => {
  const adyen = adyenWebhooks({ hmacKeys: [HMAC_KEY] });

  test("a signature that was computed apart is good, and is not kept", () => {
    // printf 'PSP1::Shop1::1000:EUR:AUTHORISATION:true' | openssl dgst -sha256 -mac HMAC -macopt hexkey:a1a1… -binary | base64
    const { body } = adyenDelivery([AUTHORISED]);
    expect(body.toString()).toContain("pTjrjT5jGZeaTByw7yoIHQqVLdiTzn/NsR82dCse+tk=");
    const [notice] = adyen.open(delivery(body.toString()));
    expect(notice).toMatchObject({ account: "Shop1", key: "AUTHORISATION|PSP1||true", rereads: false });
    expect(JSON.stringify(notice)).not.toContain("pTjrjT5jGZ");
  });

  test.each<[string, (text: string) => string]>([
    ["amount", (text) => text.replace('"value":1000', '"value":1001')],
    ["account", (text) => text.replace("Shop1", "Shop2")],
    ["outcome", (text) => text.replace('"success":"true"', '"success":"false"')],
    ["reference", (text) => text.replace("PSP1", "PSP2")],
    ["signature itself", (text) => text.replace(/"hmacSignature":"[^"]*"/, '"hmacSignature":"AAAA"')],
    ["signature, which is gone", (text) => text.replace(/,?"hmacSignature":"[^"]*"/, "")],
  ])("a changed %s is refused", (_, change) => {
    const { body } = adyenDelivery([AUTHORISED]);
    const changed = change(body.toString());
    expect(changed).not.toBe(body.toString());
    expect(refusal(adyen, delivery(changed))).toMatch(/^UNAUTHENTICATED: the HMAC signature/);
  });

  test("one badly signed item refuses all of its notification", () => {
    const good = JSON.parse(adyenDelivery([AUTHORISED]).body.toString()) as { notificationItems: unknown[] };
    const bad = JSON.parse(adyenDelivery([AUTHORISED], "b2".repeat(32)).body.toString()) as typeof good;
    const body = JSON.stringify({ notificationItems: [...good.notificationItems, ...bad.notificationItems] });
    expect(refusal(adyen, delivery(body))).toMatch(/^UNAUTHENTICATED/);
  });

  test("two keys are good while one takes the other's place, and a third is not", () => {
    const rotating = adyenWebhooks({ hmacKeys: [HMAC_KEY, "b2".repeat(32)] });
    for (const key of [HMAC_KEY, "b2".repeat(32)])
      expect(refusal(rotating, adyenDelivery([AUTHORISED], key))).toBe("taken");
    expect(refusal(rotating, adyenDelivery([AUTHORISED], "c3".repeat(32)))).toMatch(/^UNAUTHENTICATED/);
  });

  test.each(["", "{}", "[1]", '{"notificationItems":[]}', "not json", '{"__proto__":{"notificationItems":[]}}'])(
    "%j is none of Adyen's",
    (body) => expect(refusal(adyen, delivery(body))).toMatch(/^INVALID_INPUT: the body is not a notification/),
  );

  test.each<[string, "true" | "false", string, string, string]>([
    ["AUTHORISATION", "true", "AUTHORISATION", "PROCESSING", "PSP1"],
    ["AUTHORISATION", "false", "AUTHORISATION", "REFUSED", "PSP1"],
    ["CAPTURE", "true", "CAPTURE", "PROCESSING", "SALE1"],
    ["CAPTURE_FAILED", "true", "CAPTURE", "FAILED", "SALE1"],
    ["CANCELLATION", "true", "CANCELLATION", "CANCELLED", "SALE1"],
    ["REFUND", "true", "REFUND", "PROCESSING", "PSP1"],
    ["REFUND", "false", "REFUND", "FAILED", "PSP1"],
    ["REFUND_FAILED", "true", "REFUND", "FAILED", "PSP1"],
    ["REFUNDED_REVERSED", "true", "REFUND_REVERSAL", "CANCELLED", "PSP1"],
    ["CHARGEBACK", "true", "CHARGEBACK", "SUCCESS", "PSP1"],
    ["CHARGEBACK_REVERSED", "true", "CHARGEBACK_REVERSAL", "SUCCESS", "PSP1-reversed"],
    ["SECOND_CHARGEBACK", "true", "SECOND_CHARGEBACK", "SUCCESS", "PSP1-second"],
  ])("%s %s is a %s that is %s, about %s", async (eventCode, success, kind, status, reference) => {
    const original = eventCode === "AUTHORISATION" ? {} : { originalReference: "SALE1" };
    const item = { ...AUTHORISED, eventCode, success, ...original };
    expect(await meaning(adyen, adyenDelivery([item]))).toMatchObject({
      kind: "event",
      event: { kind, reference, account: "Shop1", outcome: { status }, amount: { amountMinor: 1000n } },
    });
  });

  test("a cancel-or-refund is what it says it became, and otherwise unclear", async () => {
    const item = { ...AUTHORISED, eventCode: "CANCEL_OR_REFUND", originalReference: "SALE1" };
    const as = (action: string) =>
      meaning(adyen, adyenDelivery([{ ...item, additionalData: { "modification.action": action } }]));
    expect(await as("refund")).toMatchObject({ event: { kind: "REFUND" } });
    expect(await as("cancel")).toMatchObject({ event: { kind: "CANCELLATION" } });
    expect(await meaning(adyen, adyenDelivery([item]))).toMatchObject({ kind: "unclear" });
  });

  test("an event nobody mapped is unclear and named, a mere notice is passed over with its reason", async () => {
    const said = (eventCode: string) => meaning(adyen, adyenDelivery([{ ...AUTHORISED, eventCode }]));
    expect(await said("TELEPORTATION")).toMatchObject({
      kind: "unclear",
      problem: expect.stringContaining("TELEPORTATION"),
    });
    expect(await said("REPORT_AVAILABLE")).toEqual({
      kind: "skipped",
      reason: "REPORT_AVAILABLE: a report can be fetched",
    });
  });

  test("a currency that Adyen counts in other units is read in ours", () => {
    expect(providerMinor("150000", "CLP", { CLP: 2 })).toEqual({ amountMinor: 1500n, currency: "CLP" });
    expect(() => providerMinor("150050", "CLP", { CLP: 2 })).toThrow(/smallest unit/);
    expect(providerMinor("1500", "IDR", { IDR: 0 })).toEqual({ amountMinor: 150000n, currency: "IDR" });
    expect(providerMinor("1500", "BHD", {})).toEqual({ amountMinor: 1500n, currency: "BHD" });
  });

  test("nothing of the shopper is kept", () => {
    const additionalData = {
      shopperEmail: "jan@example.com",
      cardHolderName: "Jan Jansen",
      authCode: "A1",
      cardSummary: "1111",
    };
    const [notice] = adyen.open(adyenDelivery([{ ...AUTHORISED, additionalData }]));
    expect(JSON.stringify(notice)).not.toMatch(/jan/i);
    expect(notice?.payload).toMatchObject({ additionalData: { authCode: "A1", cardSummary: "1111" } });
  });
});

describe("Stripe", () => {
  const NOW = 1_793_605_600_000;
  const accounts = [
    { account: "shop", key: "whsec_old_secret" },
    { account: "shop", key: "whsec_new_secret" },
    { account: "other", key: "whsec_other" },
  ];
  const stripe = stripeWebhooks({ accounts, now: () => NOW });
  const charge = {
    id: "ch_1",
    object: "charge",
    amount: 1000,
    currency: "eur",
    captured: true,
    created: 1_793_605_400,
  };
  const event = (type: string, object: Readonly<Record<string, unknown>> = {}) => ({
    id: "evt_1",
    type,
    object: { ...charge, ...object },
  });
  const signed = (type: string, object = {}, secrets = ["whsec_old_secret"], at = NOW) =>
    stripeDelivery(event(type, object), { secrets, at });

  test("either secret of an account is good, also where both signed, and it tells whose the event is", () => {
    for (const secrets of [["whsec_old_secret"], ["whsec_new_secret"], ["whsec_gone", "whsec_new_secret"]]) {
      expect(stripe.open(signed("charge.succeeded", {}, secrets))[0]).toMatchObject({ account: "shop", key: "evt_1" });
    }
    expect(stripe.open(signed("charge.succeeded", {}, ["whsec_other"]))[0]?.account).toBe("other");
  });

  test("a secret of another account than the address names is not good", () => {
    const asShop = { ...signed("charge.succeeded", {}, ["whsec_other"]), account: "shop" };
    expect(refusal(stripe, asShop)).toMatch(/^UNAUTHENTICATED/);
    expect(refusal(stripe, { ...asShop, account: "nobody" })).toMatch(/^INVALID_INPUT: no account "nobody"/);
  });

  test.each<[string, Delivery]>([
    ["another secret", signed("charge.succeeded", {}, ["whsec_nobody"])],
    ["no signature", delivery("{}")],
    ["a signature without its time", { ...delivery("{}"), headers: { "stripe-signature": "v1=aa" } }],
    ["a changed body", { ...signed("charge.succeeded"), body: Buffer.from("{}") }],
    ["a time of six minutes ago", signed("charge.succeeded", {}, undefined, NOW - 360_000)],
    ["a time of six minutes ahead", signed("charge.succeeded", {}, undefined, NOW + 360_000)],
  ])("%s is refused", (_, message) => {
    expect(refusal(stripe, message)).toMatch(/^UNAUTHENTICATED: the signature of this event is not good/);
  });

  test("a delivery of four minutes ago is still good", () => {
    expect(refusal(stripe, signed("charge.succeeded", {}, undefined, NOW - 240_000))).toBe("taken");
  });

  test.each<[string, Readonly<Record<string, unknown>>, string, string, string, bigint]>([
    ["charge.succeeded", {}, "SALE", "SUCCESS", "ch_1", 1000n],
    ["charge.succeeded", { captured: false }, "AUTHORISATION", "PROCESSING", "ch_1", 1000n],
    ["charge.captured", { amount_captured: 600 }, "CAPTURE", "SUCCESS", "ch_1", 600n],
    ["charge.failed", { failure_code: "card_declined" }, "SALE", "REFUSED", "ch_1", 1000n],
    ["charge.failed", { failure_code: "processing_error" }, "SALE", "FAILED", "ch_1", 1000n],
    ["charge.expired", {}, "CANCELLATION", "CANCELLED", "ch_1", 1000n],
    [
      "refund.updated",
      { id: "re_1", object: "refund", status: "succeeded", charge: "ch_1" },
      "REFUND",
      "SUCCESS",
      "re_1",
      1000n,
    ],
    [
      "refund.failed",
      { id: "re_1", object: "refund", status: "failed", charge: "ch_1" },
      "REFUND",
      "FAILED",
      "re_1",
      1000n,
    ],
    [
      "charge.dispute.funds_withdrawn",
      { id: "dp_1", object: "dispute", charge: "ch_1" },
      "CHARGEBACK",
      "SUCCESS",
      "dp_1",
      1000n,
    ],
    [
      "charge.dispute.funds_reinstated",
      { id: "dp_1", object: "dispute", charge: "ch_1" },
      "CHARGEBACK_REVERSAL",
      "SUCCESS",
      "dp_1-reversed",
      1000n,
    ],
  ])("%s %o is a %s that is %s, about %s", async (type, object, kind, status, reference, amountMinor) => {
    expect(await meaning(stripe, signed(type, object))).toMatchObject({
      event: { kind, reference, outcome: { status }, amount: { amountMinor }, account: "shop" },
    });
  });

  test("what moves no money is passed over; what may be money and is not known is unclear", async () => {
    expect(await meaning(stripe, signed("charge.dispute.created", { object: "dispute" }))).toMatchObject({
      kind: "skipped",
    });
    expect(await meaning(stripe, signed("customer.created", { object: "customer" }))).toMatchObject({
      kind: "skipped",
    });
    expect(await meaning(stripe, signed("charge.teleported"))).toMatchObject({ kind: "unclear" });
  });
});

describe("until when a dispute can be answered", () => {
  const adyen = adyenWebhooks({ hmacKeys: [HMAC_KEY] });
  const told = (eventCode: string, additionalData: Readonly<Record<string, string>> = {}, fields: object = {}) =>
    disputeOf(
      adyen,
      adyenDelivery([
        { ...SHOP, eventCode, pspReference: "DIS1", originalReference: "PSP1", additionalData, ...fields },
      ]),
    );
  const ENDS = { defensePeriodEndsAt: "2026-12-03T10:12:17+01:00" };

  test.each(["NOTIFICATION_OF_CHARGEBACK", "REQUEST_FOR_INFORMATION", "CHARGEBACK", "DISPUTE_OPENED_WITH_CHARGEBACK"])(
    "is in Adyen's %s, as it says and never guessed",
    async (code) => {
      expect(await told(code, ENDS)).toMatchObject({
        notice: { stage: "OPEN", respondBy: new Date("2026-12-03T09:12:17Z"), originalReference: "PSP1" },
      });
      expect(await told(code)).toMatchObject({ notice: { stage: "OPEN", respondBy: null } });
      expect(await told(code, { ...ENDS, defendable: "false" })).toMatchObject({ notice: { respondBy: null } });
      expect(await told(code, { ...ENDS, autoDefended: "true" })).toMatchObject({ notice: { stage: "ANSWERED" } });
    },
  );

  test("a time of Adyen's that is none is unclear, and what is about no dispute or did not succeed says nothing", async () => {
    const [notice] = adyen.open(
      adyenDelivery([
        {
          ...SHOP,
          eventCode: "CHARGEBACK",
          pspReference: "D",
          originalReference: "P",
          additionalData: { defensePeriodEndsAt: "soon" },
        },
      ]),
    );
    const findings = await adyen.read({ id: "whk_1", ...notice! });
    expect(findings.map(({ kind }) => kind)).toEqual(["event", "unclear"]);
    expect(await told("REFUND")).toBeUndefined();
    expect(await told("INFORMATION_SUPPLIED", {}, { success: "false" })).toBeUndefined();
    expect(await told("INFORMATION_SUPPLIED")).toMatchObject({ notice: { stage: "ANSWERED" } });
    expect(await told("PREARBITRATION_LOST")).toMatchObject({ notice: { stage: "OVER" } });
  });

  const stripe = stripeWebhooks({ accounts: [{ account: "shop", key: "whsec_1" }] });
  const dispute = (status: string, due_by: number | null | undefined, type = "charge.dispute.created") =>
    disputeOf(
      stripe,
      stripeDelivery(
        {
          id: "evt_1",
          type,
          object: {
            ...{ id: "dp_1", object: "dispute", charge: "ch_1", status, amount: 1000, currency: "eur" },
            evidence_details: { due_by, has_evidence: true, past_due: false, submission_count: 0 },
          },
        },
        { secrets: ["whsec_1"] },
      ),
    );

  test("is in Stripe's due_by: evidence that is only there is no answer, and zero is no time", async () => {
    const respondBy = new Date("2026-12-03T23:59:59Z");
    const due = respondBy.getTime() / 1_000;
    expect(await dispute("needs_response", due)).toMatchObject({
      notice: { stage: "OPEN", respondBy, reference: "dp_1", originalReference: "ch_1" },
    });
    expect(await dispute("warning_needs_response", due)).toMatchObject({ notice: { stage: "OPEN", respondBy } });
    for (const none of [0, null, undefined]) {
      expect(await dispute("needs_response", none)).toMatchObject({ notice: { respondBy: null } });
    }
    expect(await dispute("under_review", due, "charge.dispute.updated")).toMatchObject({
      notice: { stage: "ANSWERED" },
    });
    expect(await dispute("won", due, "charge.dispute.closed")).toMatchObject({ notice: { stage: "OVER" } });
    expect(await dispute("pondered", due)).toBeUndefined();
  });
});

describe("CCV Pay and Mollie, which send an id alone", () => {
  const accounts = [{ account: "l_1", key: "l_key_1" }];
  const api = { url: "http://127.0.0.1:9", accounts };

  test.each(["", "{}", '{"id":""}', '{"id":5}', '{"id":"../../x y"}', "[]"])("%j is none of CCV's", (body) => {
    expect(refusal(ccvPayWebhooks(api), delivery(body))).toMatch(/^INVALID_INPUT/);
  });

  test.each(["", "id=", "id=tr_", "id=../x", '{"id":"tr_7UhSN1zuXS"}'])("%j is none of Mollie's", (body) => {
    expect(refusal(mollieWebhooks(api), delivery(body))).toMatch(/^INVALID_INPUT/);
  });

  test("an id belongs to the only account, or to the one that the address names, or is to be found out", () => {
    expect(ccvPayWebhooks(api).open(ccvDelivery("C1.G"))[0]).toMatchObject({
      account: "l_1",
      key: "C1.G",
      rereads: true,
    });
    const two = ccvPayWebhooks({ ...api, accounts: [...accounts, { account: "l_2", key: "l_key_2" }] });
    expect(two.open(ccvDelivery("C1.G", "l_2"))[0]?.account).toBe("l_2");
    expect(two.open(ccvDelivery("C1.G"))[0]?.account).toBe("");
    expect(mollieWebhooks(api).open(mollieDelivery("tr_7UhSN1zuXS"))[0]).toMatchObject({ key: "tr_7UhSN1zuXS" });
  });

  test("an order of Mollie's is passed over: its payments are told one by one", async () => {
    expect(await meaning(mollieWebhooks(api), mollieDelivery("ord_kEn1PlbGa"))).toMatchObject({ kind: "skipped" });
  });
});

const SAMPLES = new URL("../../../shared/samples/", import.meta.url);

type Item = AdyenFields & { readonly amount: { readonly value: number; readonly currency: string } };
type Sample = Item | { readonly notificationItems: readonly { readonly NotificationRequestItem: Item }[] };

/** One of the samples is an item without the notification around it. */
function itemsIn(sample: Sample): readonly Item[] {
  if (!("notificationItems" in sample)) return [sample];
  return sample.notificationItems.map(({ NotificationRequestItem }) => NotificationRequestItem);
}

describe.skipIf(!existsSync(SAMPLES))("messages found in the wild (skipped unless ../shared/samples is there)", () => {
  test("each of Adyen's is refused as it stands, and once signed is an event or passed over with a reason", async () => {
    const files = (await readdir(new URL("adyen-webhooks/", SAMPLES))).filter((file) => file.endsWith(".json"));
    expect(files.length).toBeGreaterThan(15);
    const receiver = adyenWebhooks({ hmacKeys: [HMAC_KEY] });
    const kinds = new Map<string, string>();
    for (const file of files) {
      const text = await readFile(new URL(`adyen-webhooks/${file}`, SAMPLES), "utf8");
      expect(refusal(receiver, delivery(text)), file).toMatch(/^(?:UNAUTHENTICATED|INVALID_INPUT)/);
      for (const item of itemsIn(JSON.parse(text))) {
        const { amount, additionalData: _, ...fields } = item;
        const finding = await meaning(receiver, adyenDelivery([{ ...fields, ...amount }]));
        kinds.set(item.eventCode, finding.kind === "event" ? finding.event.kind : finding.kind);
      }
    }
    expect([...kinds.values()]).not.toContain("unclear");
    expect(Object.fromEntries(kinds)).toMatchObject({
      AUTHORISATION: "AUTHORISATION",
      CAPTURE: "CAPTURE",
      REFUND: "REFUND",
      CHARGEBACK: "CHARGEBACK",
      CHARGEBACK_REVERSED: "CHARGEBACK_REVERSAL",
      NOTIFICATION_OF_CHARGEBACK: "skipped",
      ORDER_CLOSED: "skipped",
    });
  });

  test("each payment of Mollie's API is read, with every status it has", async () => {
    const files = (await readdir(new URL("mollie/", SAMPLES))).filter((file) =>
      /^payment_(?:single|canceled|updated)/.test(file),
    );
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      const payment = MolliePayment.parse(parseJson(await readFile(new URL(`mollie/${file}`, SAMPLES), "utf8")));
      const events = eventsOfPayment(payment, "shop").map((read) => read());
      expect(events[0], file).toMatchObject({ provider: "mollie", reference: payment.id, amount: { currency: "EUR" } });
    }
  });
});
