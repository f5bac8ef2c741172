import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { type Changed, changeAccount, refusal } from "../change-account.ts";
import type { SampleData, SampleDataInput } from "./sample-type.ts";

const OBJECT = "samples";

/**
 * The samples are a merchant of their own. That they are loaded by whoever administrates anything harms nobody: they are in
 * nobody else's lists and totals.
 */
export function loadSampleData(context: RequestContext, { merchantId, idempotencyKey: key }: SampleDataInput) {
  const { samples } = context;
  const act = { merchantId, action: "sample-data.load", objectId: OBJECT, key, input: {} };
  return changeAccount<SampleData>(context, act, async (): Promise<Changed<SampleData>> => {
    if (!samples) return refusal("SAMPLES_OFF");
    const before = { state: await samples.state() };
    await samples.load();
    const answer = { __typename: "SampleData", merchantId: samples.merchantId, state: await samples.state() } as const;
    return { answer, before, after: { merchantId: samples.merchantId, files: samples.hashes.length } };
  });
}

/**
 * Closes the sample merchant to everybody. Its rows stay: the ledger, the closings and the audit are only ever added to, and
 * a way to take rows out of them would be a way to take out others. So what is not a sample must not be there, or it
 * would be closed along with them.
 */
export function clearSampleData(context: RequestContext, { merchantId, idempotencyKey: key }: SampleDataInput) {
  const { samples } = context;
  const act = { merchantId, action: "sample-data.clear", objectId: OBJECT, key, input: {} };
  return changeAccount<SampleData>(context, act, async ({ query }): Promise<Changed<SampleData>> => {
    if (!samples) return refusal("SAMPLES_OFF");
    if (merchantId !== samples.merchantId) return refusal("NOT_FOUND");
    const [own] = await query<Own>(OWN, [merchantId, samples.hashes, samples.users]);
    if (own?.files) return refusal("SAMPLES_MIXED");
    if (own?.users) return refusal("SAMPLES_USED");
    const closed = await query<{ user_id: string }>(CLOSE, [merchantId]);
    const answer = { __typename: "SampleData", merchantId, state: "ABSENT" } as const;
    return { answer, before: { users: closed.map(({ user_id: user }) => user).sort() }, after: { users: [] } };
  });
}

type Own = { readonly files: boolean; readonly users: boolean };

/** Whether anything is there that the samples did not bring, and that works on or waits. */
const OWN = `
  select exists (select from reconciliation.source_file
      where merchant_id = $1 and status <> 'DISCARDED' and sha256 <> all ($2::text[])) as files,
    exists (select from accounts.membership
      where merchant_id = $1 and disabled_at is null and user_id <> all ($3::text[]))
    or exists (select from accounts.invitation
      where merchant_id = $1 and accepted_at is null and revoked_at is null and expires_at > clock_timestamp())
    or exists (select from accounts.machine where merchant_id = $1 and revoked_at is null)
    or exists (select from delivery.webhook_endpoint where merchant_id = $1 and removed_at is null) as users`;

const CLOSE = `
  update accounts.membership set disabled_at = clock_timestamp(), version = version + 1
  where merchant_id = $1 and disabled_at is null returning user_id`;
