import type { FieldTable } from "../readers/fixed-width.ts";

/** Where fields stand, as Amex counts: the first character of a record is 1. */
function at<Field extends string>(fields: Record<Field, readonly [first: number, length: number]>): FieldTable<Field> {
  const table = {} as Record<Field, readonly [number, number]>;
  for (const name of Object.keys(fields) as Field[]) table[name] = [fields[name][0] - 1, fields[name][1]];
  return table;
}

export const HEADER = at({ created: [6, 12], fileId: [18, 6] });
export const TRAILER = at({ created: [6, 12], fileId: [18, 6], recipient: [44, 40], count: [84, 7] });

/** Every record between header and trailer: whose payment it belongs to, and what it is. */
export const DETAIL = at({ payee: [1, 10], merchant: [11, 10], year: [31, 4], payment: [35, 8], type: [43, 3] });

export const SUMMARY = at({ day: [46, 7], amount: [53, 11], owed: [64, 9], bank: [73, 9] });

/** Summary of charges: one submission. */
export const SOC = at({
  processed: [53, 7],
  gross: [66, 11],
  discount: [77, 9],
  serviceFee: [86, 7],
  net: [100, 11],
});

/** Record of charge: one transaction. */
export const ROC = at({
  amount: [79, 13],
  card: [92, 15],
  day: [147, 7],
  merchantReference: [154, 30],
  rejected: [203, 2],
  time: [205, 6],
  approval: [211, 6],
  terminal: [217, 8],
});

export const CHARGEBACK = at({
  processed: [53, 7],
  gross: [77, 9],
  discount: [86, 9],
  serviceFee: [95, 7],
  net: [109, 9],
  reason: [144, 280],
});

export const ADJUSTMENT = at({
  processed: [46, 7],
  number: [53, 6],
  gross: [59, 9],
  discount: [68, 9],
  serviceFee: [77, 7],
  net: [91, 9],
  card: [126, 17],
  reason: [143, 280],
});

export const OTHER = at({
  processed: [46, 7],
  asset: [53, 9],
  commission: [127, 9],
  fee: [216, 9],
  reason: [225, 80],
  assetTax: [305, 9],
});

/** Record and detail type together. */
export const TYPES = {
  summary: "100",
  submission: "210",
  submissionPrice: "212",
  charge: "311",
  chargePrice: "313",
  chargeback: "220",
  adjustment: "230",
  assets: "240",
  commission: "241",
  fee: "250",
} as const;
