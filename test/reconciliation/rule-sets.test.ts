import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashOfRules, parseRules, type Rules } from "../../subgraphs/reconciliation/matching/rules.ts";
import { activateRuleSet, addRuleSet } from "../../subgraphs/reconciliation/rule-sets/change-rules.ts";
import { activeRuleSet } from "../../subgraphs/reconciliation/rule-sets/rule-sets.ts";
import { inScope, type Transaction } from "../../subgraphs/shared/database/scope.ts";
import { type Ledger, openLedger } from "../support/ledger.ts";

let ledger: Ledger;
let builtIn: Rules;
beforeAll(async () => {
  ledger = await openLedger("rule_sets");
  const [row] = await ledger.rows<{ content: string }>("select content from reconciliation.rule_set");
  builtIn = parseRules(JSON.parse(row?.content ?? ""));
});
afterAll(() => ledger.close());

const withMargin = (margin: number): Rules => ({ ...builtIn, scored: { ...builtIn.scored, margin } });

const as = <Result>(merchantId: string, work: (transaction: Transaction) => Promise<Result>) =>
  inScope(ledger.services.database, { merchants: [merchantId], user: "ann" }, work);
const add = (merchantId: string, rules: Rules) =>
  as(merchantId, (each) => addRuleSet(each, { merchantId, actorId: "ann" }, { rules, note: "Test" }));
const activate = (merchantId: string, hash: string, activeFrom: Date | null = null) =>
  as(merchantId, (each) => activateRuleSet(each, { merchantId, actorId: "ann" }, { hash, activeFrom }));
const activeOf = (merchantId: string) => as(merchantId, (each) => activeRuleSet(each, merchantId));

describe("rule sets", () => {
  test("are numbered one after the other, and the same content is one, however many add at once", async () => {
    const { id } = await ledger.openShop();
    const margins = [21, 22, 23, 21, 22, 23];
    const hashes = await Promise.all(margins.map((margin) => add(id, withMargin(margin))));
    expect(new Set(hashes).size).toBe(3);
    expect(await add(id, builtIn)).toBe(hashOfRules(builtIn));
    const rows = await ledger.rows(
      "select version from reconciliation.rule_set where merchant_id = $1 order by version",
      [id],
    );
    expect(rows).toEqual([{ version: 2 }, { version: 3 }, { version: 4 }]);
  });

  test("are what their hash says, or the database refuses them", async () => {
    const change = "update reconciliation.rule_set set content = replace(content, '\"margin\":20', '\"margin\":1')";
    await expect(ledger.rows(change)).rejects.toThrow(/violates check constraint/);
  });

  test("are in force by their latest moment, at their own merchant alone, and the built-in ones come back", async () => {
    const [shop, other] = [await ledger.openShop(), await ledger.openShop()];
    const strict = await add(shop.id, withMargin(30));
    expect((await activeOf(shop.id)).hash).toBe(hashOfRules(builtIn));
    expect(await activate(shop.id, strict)).toBe(strict);
    expect(await activeOf(shop.id)).toMatchObject({ hash: strict, version: 2, rules: withMargin(30) });
    expect((await activeOf(other.id)).hash).toBe(hashOfRules(builtIn));
    expect(await activate(other.id, strict)).toBeUndefined();
    const later = await add(shop.id, withMargin(40));
    await activate(shop.id, later, new Date(Date.now() + 3_600_000));
    expect((await activeOf(shop.id)).hash).toBe(strict);
    await activate(shop.id, hashOfRules(builtIn));
    expect(await activeOf(shop.id)).toMatchObject({ hash: hashOfRules(builtIn), version: 1 });
    await expect(activate(shop.id, strict, new Date(Date.now() - 60_000))).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });
});

describe("rules", () => {
  test.each([
    ["a member too many", (rules: Rules) => ({ ...rules, stage: {} }), /stage/],
    [
      "a stage that nobody knows",
      (rules: Rules) => ({ ...rules, stages: { ...rules.stages, REFERENCE: false } }),
      /REF/,
    ],
    ["a window that is none", (rules: Rules) => ({ ...rules, windows: { ...rules.windows, rrnHours: 0 } }), /rrnHours/],
    ["half a point", (rules: Rules) => ({ ...rules, scored: { ...rules.scored, margin: 1.5 } }), /margin/],
    ["no margin", (rules: Rules) => ({ ...rules, scored: { ...rules.scored, margin: 0 } }), /margin/],
    ["less to take than to show", (rules: Rules) => ({ ...rules, scored: { ...rules.scored, accept: 39 } }), /accept/],
    [
      "a reward for other references",
      ({ scored, ...rules }: Rules) => {
        return { ...rules, scored: { ...scored, points: { ...scored.points, otherReference: 1 } } };
      },
      /otherReference/,
    ],
  ])("with %s are refused by name", (_, change, named) => {
    expect(() => parseRules(change(builtIn))).toThrow(named);
  });

  test("have one hash, whatever the order of their members", () => {
    const reversed = Object.fromEntries(Object.entries(builtIn).reverse()) as Rules;
    expect(hashOfRules(reversed)).toBe(hashOfRules(builtIn));
    expect(hashOfRules(withMargin(21))).not.toBe(hashOfRules(builtIn));
  });
});
