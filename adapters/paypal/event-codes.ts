import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";

/** What a code books as, by the direction of its money; a direction it never had is missing. */
export type Meaning = { readonly CR?: EventKind; readonly DR?: EventKind };

/** PayPal's transaction event codes (T-codes) by group; undefined for a code nobody mapped yet. */
export function meaningOf(code: string): Meaning | undefined {
  return CODES.get(code);
}

const EITHER = (kind: EventKind): Meaning => ({ CR: kind, DR: kind });
const HOLD: Meaning = { DR: "RESERVE_HOLD", CR: "RESERVE_RELEASE" };

const GROUPS: readonly (readonly [codes: string, meaning: Meaning])[] = [
  // Payments received are sales; what the merchant pays to others is no refund of anything.
  [
    "T0000 T0001 T0002 T0003 T0004 T0005 T0006 T0007 T0009 T0010 T0011 T0012 T0013 T0018 T0019",
    { CR: "SALE", DR: "ADJUSTMENT" },
  ],
  ["T0008 T0014 T0015 T0016 T0017", EITHER("ADJUSTMENT")],
  ["T0100 T0101 T0102 T0103 T0104 T0105 T0106 T0107 T0108 T0109 T0110 T0111 T0112 T0113 T0114", EITHER("FEE")],
  // Conversions come in pairs, one row a currency.
  ["T0200 T0201 T0202", EITHER("BALANCE_TRANSFER")],
  ["T0300 T0301 T0302 T0303", EITHER("BALANCE_TRANSFER")],
  // Money to the bank; a credit is a transfer that came back.
  ["T0400 T0401 T0402 T0403 T0700 T0701", { DR: "PAYOUT", CR: "ADJUSTMENT" }],
  ["T0500 T0501 T0502 T0503 T0504 T0505 T0600 T1700 T1701", EITHER("ADJUSTMENT")],
  ["T0800 T0801 T0802 T0803 T0804 T0805 T0806 T0807 T0900 T0901 T0902 T0903 T0904 T1000", EITHER("ADJUSTMENT")],
  ["T1106", { DR: "CHARGEBACK" }],
  ["T1107", { DR: "REFUND", CR: "ADJUSTMENT" }],
  ["T1108 T1109", EITHER("FEE")],
  ["T1110 T1111 T1105 T1500 T1501 T1502 T1503", HOLD],
  ["T1113", { DR: "CREDIT" }],
  ["T1100 T1101 T1102 T1103 T1104 T1112 T1114 T1115 T1116 T1117 T1118 T1119", EITHER("ADJUSTMENT")],
  ["T1201", { DR: "CHARGEBACK" }],
  // The chargeback was won, withdrawn or made good by PayPal.
  ["T1202 T1205 T1208", { CR: "CHARGEBACK_REVERSAL" }],
  ["T1207", { DR: "SECOND_CHARGEBACK" }],
  ["T1200 T1203 T1204", EITHER("ADJUSTMENT")],
  ["T1400 T1800 T1801 T1900 T9700 T9701 T9900", EITHER("ADJUSTMENT")],
  ["T1600 T1601 T1602 T2000 T2001 T2002 T2003 T3000", EITHER("BALANCE_TRANSFER")],
  ["T2101 T2102 T2103 T2104 T2105 T2106 T2107 T2108 T2111 T2112 T2113 T2114", HOLD],
];

const CODES: ReadonlyMap<string, Meaning> = new Map(
  GROUPS.flatMap(([codes, meaning]) => codes.split(" ").map((code) => [code, meaning] as const)),
);

/** Codes of the transaction detail report that move no money: authorised, authorised again, given up. */
export const AUTHORISATIONS: ReadonlySet<string> = new Set(["T1300", "T1301"]);
export const VOID = "T1302";
