import type { GraphQLNamedType } from "graphql";
import { describe, expect, test } from "vitest";
import { terminalJournal } from "../../support/settlement-files.ts";
import { until } from "../../support/until.ts";
import { follow } from "./follow.ts";
import { entityFields } from "./generate-operations.ts";
import { namesOf } from "./marked-files.ts";
import { userOf } from "./marked-merchants.ts";
import { foreignMarks, lookThrough, type MerchantNumber, markOf, merchantIdOf } from "./marks.ts";
import type { Tenants } from "./tenants.ts";

/** Changes of one merchant are told to its own followers. */
export function subscriptions(tenants: () => Tenants): void {
  describe("subscriptions", () => {
    test("who follows the list hears of the own merchant alone", async () => {
      const { schema, graph } = tenants();
      const query = `subscription { transactionChanged ${entityFields(schema, schema.getType("Transaction") as GraphQLNamedType)} }`;
      const mine = await follow(graph, userOf("administrator", 1), query);
      const others = await follow(graph, userOf("administrator", 2), query);
      // What others are told comes first, so that a leak of it would be before the own.
      await until(() => tell(tenants(), 2).then(() => others.text().includes("late M2Q7")));
      await until(() => tell(tenants(), 1).then(() => mine.text().includes("late M1Q7")));
      mine.stop();
      others.stop();
      for (const [text, own] of [
        [mine.text(), 1],
        [others.text(), 2],
      ] as const) {
        expect(foreignMarks(text, [own])).toEqual([]);
        const seen = (who: MerchantNumber) => lookThrough(eventsIn(text), [who], tenants().owners).foreign;
        expect(seen(own)).toEqual([]);
        // What a token to resume by holds is looked into as well.
        expect(seen(3).some((found) => found.includes("resumeToken"))).toBe(true);
      }
    });
  });
}

/** What each event said; the last may be cut off. */
const eventsIn = (text: string): readonly unknown[] =>
  [...text.matchAll(/^data: ?(\{.*\})$/gm)].map(([, data = ""]) => JSON.parse(data));

let told = 0;

/** One more sale of a merchant: until a follower has reached its subgraph, a change comes too early for it. */
async function tell({ ledger }: Tenants, number: 1 | 2): Promise<void> {
  const mark = markOf(number);
  const entry = { amount: 3_000 + (number % 3), account: namesOf(number).adyen, pspReference: `${mark}LATE${++told}` };
  const journal = terminalJournal(namesOf(number).tid, [{ ...entry, merchantReference: `late ${mark}` }]);
  await ledger.feed(merchantIdOf(number), journal, `late-${mark}-${told}.ndjson`);
}
