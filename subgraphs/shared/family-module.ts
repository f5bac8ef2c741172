import type { ProviderEvent } from "./event.ts";
import type { EntryMode, Family, PaymentType } from "./vocabulary.ts";

/**
 * What a provider subgraph hands to the import: how its events become the shared transaction and its own details. The
 * command line passes the three modules on, so that neither the import nor the kernel knows a provider.
 */
export type FamilyModule = {
  readonly family: Family;
  /** Table of the details, in the family's own schema. */
  readonly detailTable: string;
  readonly detailColumns: readonly string[];
  readonly normalise: (event: ProviderEvent) => NormalisedPayment;
  /** Detail column → SQL over a settlement line `l`, for a transaction that only its settlement tells of. */
  readonly detailsOfLine: Readonly<Record<string, string>>;
};

export type NormalisedPayment = {
  readonly paymentType: PaymentType;
  readonly paymentMethod: string;
  readonly brand: string | null;
  readonly entryMode: EntryMode;
  /** Keys are `detailColumns`; amounts are minor units as text. */
  readonly details: Readonly<Record<string, string | null>>;
};

export type FamilyModules = Readonly<Record<Family, FamilyModule>>;
