import { isRow, type Reading, type SettlementAdapter } from "../../../adapters/adapter.ts";
import { AppError } from "../../shared/errors.ts";
import { BANK } from "./bank-entries.ts";

/** What a machine may send: files of one provider, and of that only some accounts. Null for any. */
export type SenderBinding = {
  readonly onlyProvider: string | null;
  readonly onlyAccounts: readonly string[] | null;
};

/** A provider's key must not bring another's money in, whoever holds it. Throws FORBIDDEN. */
export function assertOwnFormat({ name, provider }: SettlementAdapter, { onlyProvider }: SenderBinding): void {
  if (onlyProvider === null || provider === onlyProvider) return;
  throw foreign(`the file is of ${provider} (${name}), and its sender may send files of ${onlyProvider} only`);
}

/** Passes a file's readings on, and throws FORBIDDEN at the first row of an account that its sender may not send. */
export async function* ofOwnAccounts(
  rows: AsyncIterable<readonly Reading[]>,
  { onlyAccounts }: Pick<SenderBinding, "onlyAccounts">,
): AsyncGenerator<readonly Reading[]> {
  if (onlyAccounts === null) return yield* rows;
  const allowed = new Set(onlyAccounts);
  for await (const readings of rows) {
    for (const reading of readings) {
      if (!isRow(reading) || (reading.kind !== "event" && reading.kind !== "bank")) continue;
      const { provider, account } = reading.kind === "bank" ? { ...reading.entry, provider: BANK } : reading.event;
      if (account !== undefined && allowed.has(account)) continue;
      const whose = account === undefined ? "names no account" : `is of account "${account}" at ${provider}`;
      throw foreign(`line ${reading.line} ${whose}, and its sender may send ${onlyAccounts.join(", ")} only`);
    }
    yield readings;
  }
}

function foreign(problem: string): AppError {
  return new AppError("FORBIDDEN", `${problem}; find out who holds that key`);
}
