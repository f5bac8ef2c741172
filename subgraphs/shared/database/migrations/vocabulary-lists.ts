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

export function listed(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(", ");
}
