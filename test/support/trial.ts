import { expect } from "vitest";
import { runTrial } from "../../subgraphs/reconciliation/trials/run-trial.ts";
import type { Ledger, Row } from "./ledger.ts";
import { tableDigests } from "./table-digests.ts";

let asked = 0;

/** Works a trial out and answers its result; fails where anything but the trial itself has changed. */
export async function workTrial<Result>(
  ledger: Ledger,
  merchantId: string,
  { kind, input }: { readonly kind: "PREVIEW" | "REPLAY"; readonly input: object },
): Promise<Result> {
  const id = `trl_test_${++asked}`;
  await ledger.rows(
    "insert into reconciliation.trial (merchant_id, id, kind, input, requested_by) values ($1, $2, $3, $4, 'ann')",
    [merchantId, id, kind, JSON.stringify(input)],
  );
  await ledger.rows(
    "insert into delivery.outbox (merchant_id, id, kind, subject_id) values ($1, $2, 'RUN_TRIAL', $2)",
    [merchantId, id],
  );
  const before = await tableDigests(ledger.url, ["reconciliation.trial"]);
  await runTrial(ledger.services, merchantId, id);
  expect(await tableDigests(ledger.url, ["reconciliation.trial"])).toEqual(before);
  const [trial] = await ledger.rows<Row>("select * from reconciliation.trial where merchant_id = $1 and id = $2", [
    merchantId,
    id,
  ]);
  expect(trial).toMatchObject({ status: "SUCCEEDED", problem: null });
  return trial?.["result"] as Result;
}
