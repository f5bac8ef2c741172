/**
 * The amounts that a file's own text states, read again in the plainest way: what an adapter books must be among them.
 * Undefined where a fault has made the plain reading unsure, as by a quote. Amounts in minor units of two decimals.
 */
export function statedNets(adapter: string, text: string): ReadonlySet<bigint> | undefined {
  const read = READERS[adapter];
  if (!read || (!text.startsWith("{") && !text.startsWith("[") && text.replaceAll('""', "").includes('"')))
    return undefined;
  try {
    return new Set(read(text.replace(/^\ufeff/, "")));
  } catch {
    return undefined;
  }
}

type Reader = (text: string) => readonly bigint[];

const READERS: Readonly<Record<string, Reader>> = {
  "stripe-payout-reconciliation": (text) => ofColumn(text, "net"),
  "stripe-balance": (text) => ofColumn(text, "net"),
  "checkout-payouts": (text) => ofColumn(text, "Payout Amount").map((minor) => -minor),
  trustly: (text) =>
    rowsOf(text).flatMap((cells) => {
      if (cells[0] === "F") return [-cents(cells[5])];
      return cells[0] === "I" ? [cents(cells[15]) + cents(cells[22])] : [];
    }),
  "mollie-balance-transactions": (text) => {
    const page = JSON.parse(text);
    const list = page._embedded?.balance_transactions ?? [page].flat();
    return list.map((movement: { resultAmount: { value: string } }) => cents(movement.resultAmount.value));
  },
  "multisafepay-closing-balances": (text) =>
    JSON.parse(text).data.map((closing: { payout_amount: number }) => -BigInt(closing.payout_amount)),
};

function rowsOf(text: string): readonly (readonly string[])[] {
  return text.split("\n").map((line) => line.replace(/\r$/, "").split(","));
}

function ofColumn(text: string, name: string): readonly bigint[] {
  const [header, ...rows] = rowsOf(text);
  const at = header!.map((cell) => cell.trim()).indexOf(name);
  return rows.flatMap((cells) => (cells[at] ? [cents(cells[at])] : []));
}

/** Nought for what is no amount: an adapter that books it is caught, since it states another. */
function cents(text: string | undefined): bigint {
  const [, sign = "", whole = "0", fraction = ""] = /^([+-]?)(\d*)\.?(\d*)$/.exec(text?.trim() ?? "") ?? [];
  const minor = BigInt(whole || "0") * 100n + BigInt(fraction.padEnd(2, "0").slice(0, 2));
  return sign === "-" ? -minor : minor;
}
