import type { SettlementAdapter } from "../../../adapters/adapter.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import type { AccountTally } from "./account-tally.ts";
import type { Placement } from "./placement.ts";

type FileOfAccounts = {
  readonly merchantId: string;
  readonly fileId: string;
  readonly adapter: SettlementAdapter;
  readonly placement: Placement;
};

/**
 * Writes down which accounts a file was about, up to which day and with which numbers, duplicates included: a file that
 * brings nothing new has come all the same. An account that is mapped to nobody has no merchant to tell.
 */
export async function recordAccounts(
  transaction: Transaction,
  { merchantId, fileId, adapter, placement }: FileOfAccounts,
  accounts: readonly AccountTally[],
): Promise<void> {
  for (const { provider, account, firstDate, lastDate, batches, numbers: apart } of accounts) {
    const place = placement.place({ provider, account, occurredAt: { at: new Date(lastDate), ambiguous: false } });
    if ("code" in place) continue;
    const numbers = [...apart, ...[...batches].flatMap((batch) => adapter.numberOf?.(batch) ?? [])];
    await transaction.query(RECORD, [
      place.merchantId,
      fileId,
      provider,
      account,
      adapter.name,
      firstDate,
      lastDate,
      JSON.stringify(numbers),
      merchantId,
    ]);
  }
}

/** Read again, a file says what it is about anew. */
const RECORD = `
  insert into reconciliation.file_account (merchant_id, file_id, provider, account, adapter, first_date, last_date,
    numbers, received_at)
  select $1, $2, $3, $4, $5, $6, $7, $8::jsonb, f.received_at
  from reconciliation.source_file f where f.merchant_id = $9 and f.id = $2
  on conflict (merchant_id, file_id, provider, account) do update set
    adapter = excluded.adapter, first_date = excluded.first_date, last_date = excluded.last_date,
    numbers = excluded.numbers`;
