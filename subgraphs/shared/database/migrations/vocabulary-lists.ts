/**
 * Lists as they were when a migration was written. A migration never follows the live vocabulary: a later word needs a
 * later migration.
 */
export const BASE_STATUSES = ["PROCESSING", "SUCCESS", "FAILED", "REFUSED", "MANUAL_INTERVENTION", "CANCELLED"];

export const PARTITIONS = [
  { family: "CCV_PAY", schema: "ccv_pay" },
  { family: "E_VOUCHER", schema: "e_vouchers" },
  { family: "ACQUIRER", schema: "acquirers" },
];

/** Currencies whose amounts have another number of decimals than two. */
export const WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ");
export const WITH_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND".split(" ");
export const WITH_FOUR_DECIMALS = ["CLF", "UYW"];

export function listed(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(", ");
}
