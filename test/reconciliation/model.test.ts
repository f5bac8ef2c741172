import fc from "fast-check";
import { afterAll, beforeAll, describe, test } from "vitest";
import { type Ledger, openLedger } from "../support/ledger.ts";
import { COMMANDS } from "./model/commands.ts";
import { ShopModel } from "./model/shop-model.ts";

/**
 * Random days of a shop, told to the product and to a model of it that a clerk could keep by hand; after every step both
 * must say the same of every transaction. `SEED=… npx vitest run test/reconciliation/model.test.ts` repeats a run.
 */
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
/** Four at once, 152 in all; CI runs the suites twice, each time from another seed: 304. */
const AT_ONCE = 4;
/** A whole number: fast-check counts it down to 0 and would never stop at a fraction. */
const SEQUENCES_EACH = 38;
const LONGEST = 60;

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("model");
});
afterAll(() => ledger.close());

describe.concurrent(`a shop and its model agree (seed ${SEED})`, () => {
  test.each(Array.from({ length: AT_ONCE }, (_, index) => index))(
    "sequences of part %i",
    {
      timeout: 1_800_000,
      retry: 0,
    },
    async (part) => {
      await fc.assert(
        fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: LONGEST, size: "max" }), async (commands) => {
          const shop = await ledger.openShop();
          await fc.asyncModelRun(() => ({ model: new ShopModel(), real: { ledger, shop } }), commands);
        }),
        { seed: SEED + part, numRuns: SEQUENCES_EACH, endOnFailure: process.env.SEED === undefined },
      );
    },
  );
});
