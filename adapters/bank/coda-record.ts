import type { FieldTable } from "../readers/fixed-width.ts";

/** Where the fields of CODA 2 stand (Febelfin, "Coded statement of account"), 0-based. */
export const WIDTH = 128;

export const HEADER = { created: [5, 6], application: [14, 2], version: [127, 1] } satisfies FieldTable;

export const OLD_BALANCE = {
  accountType: [1, 1],
  number: [2, 3],
  account: [5, 37],
  sign: [42, 1],
  amount: [43, 15],
} satisfies FieldTable;

export const NEW_BALANCE = { number: [1, 3], account: [4, 37], sign: [41, 1], amount: [42, 15] } satisfies FieldTable;

export const TRAILER = { records: [16, 6], debits: [22, 15], credits: [37, 15] } satisfies FieldTable;

export const MOVEMENT = {
  sequence: [2, 4],
  detail: [6, 4],
  reference: [10, 21],
  sign: [31, 1],
  amount: [32, 15],
  valueDate: [47, 6],
  code: [53, 8],
  isStructured: [61, 1],
  communication: [62, 53],
  entryDate: [115, 6],
} satisfies FieldTable;

/** Record 22: the communication goes on, and the payer's own reference. */
export const CONTINUED = { communication: [10, 53], customerReference: [63, 35] } satisfies FieldTable;

/** Record 23: account and name of the other side, which are not kept, and the end of the communication. */
export const COUNTERPARTY = { communication: [82, 43] } satisfies FieldTable;

/** The account's number and currency in its field of 37, by the account's type. */
export const ACCOUNTS: Readonly<Record<string, { readonly account: FieldSpan; readonly currency: FieldSpan }>> = {
  // Belgian number, foreign number, Belgian IBAN, foreign IBAN.
  "0": { account: [0, 12], currency: [13, 3] },
  "1": { account: [0, 34], currency: [34, 3] },
  "2": { account: [0, 31], currency: [34, 3] },
  "3": { account: [0, 34], currency: [34, 3] },
};

type FieldSpan = readonly [start: number, length: number];
