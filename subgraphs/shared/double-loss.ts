/** What was given back twice for one sale, in minor units: refunded to the shopper, and charged back by their bank too. */
export function doubleLossOf({ captured, refunded, chargedBack }: GoneBack): bigint {
  const twice = refunded + chargedBack - captured;
  if (refunded <= 0n || chargedBack <= 0n || twice <= 0n) return 0n;
  return [refunded, chargedBack, twice].reduce((least, amount) => (amount < least ? amount : least));
}

type GoneBack = { readonly captured: bigint; readonly refunded: bigint; readonly chargedBack: bigint };

/** The same in SQL over a row of transactions; the amount holds where the condition does. */
export function doubleLossSql(row: string) {
  const [captured, refunded, chargedBack] = ["captured", "refunded", "charged_back"].map(
    (name) => `${row}.${name}_minor`,
  );
  return {
    condition: `${row}.type = 'SALE' and ${row}.base_status = 'SUCCESS' and ${refunded} > 0 and ${chargedBack} > 0
      and ${refunded} + ${chargedBack} > ${captured}`,
    amount: `least(${refunded}, ${chargedBack}, ${refunded} + ${chargedBack} - ${captured})`,
  };
}
