import type { DataSource } from "typeorm";
import { inScope, PLATFORM } from "../subgraphs/shared/database/scope.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import { ADMINISTRATOR } from "./administer.ts";
import { UsageError } from "./command.ts";

/** The merchant that `--merchant` names, or all of them. @throws AppError NOT_FOUND */
export async function merchantsOf(database: DataSource, wanted: string | boolean | undefined): Promise<string[]> {
  const all = await inScope(database, { merchants: [], user: ADMINISTRATOR }, (transaction) =>
    transaction.query<{ merchant_id: string }>("select merchant_id from accounts.merchant order by merchant_id"),
  );
  const ids = all.map((row) => row.merchant_id);
  if (typeof wanted !== "string") return ids;
  if (wanted !== PLATFORM && !ids.includes(wanted)) throw new AppError("NOT_FOUND", `there is no merchant "${wanted}"`);
  return [wanted];
}

/** The one merchant that is meant. */
export async function merchantOf(database: DataSource, wanted: string | boolean | undefined): Promise<string> {
  const [merchantId, ...others] = await merchantsOf(database, wanted);
  if (merchantId === undefined) throw new AppError("NOT_FOUND", "there is no merchant yet");
  if (others.length > 0) throw new UsageError(`there are ${others.length + 1} merchants: say which with --merchant`);
  return merchantId;
}
