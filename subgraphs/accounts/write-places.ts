import { asWorker } from "../shared/database/as-worker.ts";
import { lockMerchants, type Transaction } from "../shared/database/scope.ts";
import { AppError } from "../shared/errors.ts";

/**
 * Runs what gives transactions their place anew: as the worker, since requests write no transaction, and alone with the
 * merchant's money, so that imports wait meanwhile. @throws AppError CONFLICT
 */
export function writePlaces<T>(transaction: Transaction, merchantId: string, work: () => Promise<T>): Promise<T> {
  return asWorker(transaction, merchantId, async () => {
    try {
      await lockMerchants(transaction, [merchantId]);
    } catch (error) {
      if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
      throw new AppError("CONFLICT", "Files of this merchant are being read: send it again shortly.", { cause: error });
    }
    return work();
  });
}

/** Many at once: whoever follows the merchant's list is told to ask for it again. */
export async function tellOfMany(transaction: Transaction, merchantId: string): Promise<void> {
  await transaction.query(TELL, [merchantId]);
}

const LOCK_NOT_AVAILABLE = "55P03";

const TELL = `
  with told as (insert into delivery.transaction_change (merchant_id, transaction_id) values ($1, null) returning 1)
  select pg_notify('transaction_change', $1) from told`;
