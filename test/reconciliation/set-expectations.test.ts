import { afterAll, expect, test } from "vitest";
import { assess } from "../../subgraphs/reconciliation/expectations/assess.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import { type Desk, openDecisions } from "../support/decision-desk.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";

const { ledger, openDesk, close } = await openDecisions("set_expectations");
afterAll(close);

const MUTATIONS = {
  setUsualDelay: "SetUsualDelayInput",
  setSeverityThresholds: "SetSeverityThresholdsInput",
} as const;

const set = (desk: Desk, user: string, name: keyof typeof MUTATIONS, input: object) =>
  desk.ask(
    user,
    `mutation ($input: ${MUTATIONS[name]}!) { ${name}(input: $input) {
      __typename ... on ExpectationSet { merchantId } ... on ExpectationRefused { message } } }`,
    { input },
  );

const usual = async (desk: Desk) => {
  const { data } = await desk.ask("vic", "{ providerHealth { provider usualDelays { step businessDays source } } }");
  const health = data?.["providerHealth"] as { provider: string; usualDelays: { step: string }[] }[];
  return health.find(({ provider }) => provider === "adyen")?.usualDelays.find(({ step }) => step === "SETTLEMENT");
};

/** A sale that waits since the second of November. */
async function waiting(): Promise<Desk> {
  const desk = await openDesk();
  const sale = { account: desk.shop.adyen, amount: 5_000, stan: "1", pspReference: "PSP1", status: "success" };
  await desk.shop.feed(terminalJournal(desk.shop.terminal, [sale]));
  return desk;
}

/** As the end of a run does, on a day in December. */
function judge({ shop }: Desk): Promise<void> {
  return inScope(ledger.services.database, { merchants: [shop.id], user: "system:worker" }, (transaction) =>
    assess(transaction, { merchantId: shop.id, runId: null, asOf: "2026-12-01" }),
  );
}

const found = (desk: Desk) =>
  ledger.rows(
    "select type, severity from reconciliation.discrepancy where merchant_id = $1 and state <> 'RESOLVED' and type = 'MISSING_SETTLEMENT'",
    [desk.shop.id],
  );

test("a delay that a person sets decides when a payment is overdue, and shows as theirs", async () => {
  const desk = await waiting();
  const { shop } = desk;
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP2", gross: 700 }]));
  await desk.run();
  expect(await usual(desk)).toMatchObject({ source: "DEFAULT" });
  const input = { provider: "adyen", step: "SETTLEMENT", businessDays: 100 };
  expect(await set(desk, "ann", "setUsualDelay", input)).toEqual({
    data: { setUsualDelay: { __typename: "ExpectationSet", merchantId: shop.id } },
  });
  expect(await usual(desk)).toMatchObject({ source: "CONFIGURED", businessDays: 100 });
  await judge(desk);
  expect(await found(desk)).toEqual([]);
  await set(desk, "ann", "setUsualDelay", { ...input, businessDays: 1 });
  await judge(desk);
  expect(await found(desk)).toMatchObject([{ type: "MISSING_SETTLEMENT" }]);
  expect(await desk.audit("delay.set")).toMatchObject([
    { actor_id: `ann@${shop.id}`, detail: { businessDays: 100 } },
    { detail: { businessDays: 1 } },
  ]);
});

test("thresholds decide how severe the same money is", async () => {
  const desk = await waiting();
  await set(desk, "ann", "setUsualDelay", { provider: "adyen", step: "SETTLEMENT", businessDays: 1 });
  await judge(desk);
  const [before] = await found(desk);
  const thresholds = { currency: "EUR", mediumMinor: "100", highMinor: "200", criticalMinor: "300" };
  await set(desk, "ann", "setSeverityThresholds", thresholds);
  await judge(desk);
  const [after] = await found(desk);
  expect([before, after]).toMatchObject([{ severity: 2 }, { severity: 4 }]);
  expect(await desk.audit("severity.set")).toMatchObject([{ object_id: "EUR", detail: { highMinor: "200" } }]);
});

test("what makes no sense is refused with what to give, and only who manages the rules may set anything", async () => {
  const desk = await openDesk();
  const delay = { provider: "adyen", step: "BANK", businessDays: 400 };
  expect(await set(desk, "ann", "setUsualDelay", delay)).toMatchObject({
    data: { setUsualDelay: { message: "`businessDays` must be from 0 to 366." } },
  });
  expect(await set(desk, "ann", "setUsualDelay", { ...delay, provider: "A d", businessDays: 1 })).toMatchObject({
    data: { setUsualDelay: { __typename: "ExpectationRefused" } },
  });
  const falling = { currency: "EUR", mediumMinor: "300", highMinor: "200", criticalMinor: "300" };
  expect(await set(desk, "ann", "setSeverityThresholds", falling)).toMatchObject({
    data: { setSeverityThresholds: { message: expect.stringContaining("rise") } },
  });
  expect(
    (await set(desk, "ben", "setUsualDelay", { ...delay, businessDays: 1 })).errors?.[0]?.extensions,
  ).toMatchObject({
    code: "FORBIDDEN",
  });
  expect(await desk.shop.rows("reconciliation.usual_delay")).toEqual([]);
});
