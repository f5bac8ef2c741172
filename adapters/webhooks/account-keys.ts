import { AppError } from "../../subgraphs/shared/errors.ts";

/** A key of ours at a provider, and the account of the provider's that it belongs to. */
export type AccountKey = { readonly account: string; readonly key: string };

/** What is needed to read transactions from a provider's API. */
export type ApiSettings = {
  readonly url: string;
  readonly accounts: readonly AccountKey[];
  readonly timeoutMs?: number | undefined;
  readonly backoffMs?: number | undefined;
};

/**
 * The account that a message is about: the one its address names, or the only one there is; "" where several could be.
 * @throws AppError INVALID_INPUT for an account that is not set up
 */
export function accountNamed(named: string | undefined, accounts: readonly AccountKey[]): string {
  const known = [...new Set(accounts.map(({ account }) => account))];
  if (named === undefined) return known.length === 1 ? known[0]! : "";
  if (known.includes(named)) return named;
  throw new AppError(
    "INVALID_INPUT",
    `no account "${named.slice(0, 40)}" is set up here: correct the webhook's address`,
  );
}

/** The keys to try for a stored notice: its account's, or all of them where it named none. */
export function keysFor(account: string, accounts: readonly AccountKey[]): readonly AccountKey[] {
  return account === "" ? accounts : accounts.filter((each) => each.account === account);
}
