import type { DataSource } from "typeorm";
import type { Notice } from "../../../adapters/webhooks/webhook.ts";
import { appendAudit } from "../../shared/audit.ts";
import { inScope } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { isMachineKey, verifyMachineKey } from "../../shared/identity/machine-keys.ts";

/** What the key of a machine allows of one provider's webhooks. */
export type MachineSender = { readonly mayTell: (notices: readonly Notice[]) => Promise<void> };

/**
 * The machine that sends a webhook, where it says that it is one. Its key stands for the provider's signature; the accounts
 * that it may tell of are the merchant's own at that provider, and of these those it is bound to.
 * @throws AppError UNAUTHENTICATED, or FORBIDDEN for another provider, which is an entry in the audit
 */
export async function machineSender(
  database: DataSource,
  provider: string,
  authorization: string | undefined,
): Promise<MachineSender | undefined> {
  if (!isMachineKey(authorization)) return undefined;
  const { userId, merchantId } = await verifyMachineKey(database, authorization);
  const scope = { merchants: [merchantId], user: userId };
  const refuse = async (refusal: string) => {
    const act = { merchantId, actorId: userId, action: "webhook.send", objectId: provider, outcome: "DENIED" } as const;
    await inScope(database, scope, (transaction) => appendAudit(transaction, { ...act, detail: { refusal } }));
    throw new AppError(
      "FORBIDDEN",
      "This machine's key is for another provider or other accounts: ask for one of its own.",
    );
  };
  const [bound] = await inScope(database, scope, ({ query }) => query<Bound>(BOUND, [merchantId, userId]));
  if (bound?.provider !== provider) await refuse("another provider");
  const mayTell = async (notices: readonly Notice[]) => {
    // What is read again at the provider is believed of nobody, and may leave open whose it is.
    const other = notices.find(
      ({ account, rereads }) => !(rereads && account === "") && !bound?.accounts.includes(account),
    );
    if (other) await refuse("another account");
  };
  return { mayTell };
}

type Bound = { readonly provider: string; readonly accounts: readonly string[] };

const BOUND = `
  select m.provider, array(
    select a.account from accounts.provider_account a
    where a.merchant_id = m.merchant_id and a.provider = m.provider
      and (m.accounts is null or a.account = any (m.accounts))) as accounts
  from accounts.machine m where m.merchant_id = $1 and 'machine:' || m.id = $2`;
