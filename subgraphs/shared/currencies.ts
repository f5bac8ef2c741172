/**
 * Decimals of each currency by ISO 4217, list one, as in force in 2026. `Intl` is no source for this: it gives the
 * decimals people write (HUF 0, IDR 0), not the standard's (2), and an amount read with them is off by a hundred.
 * Precious metals, testing and accounting codes without a minor unit (XAU, XDR, XTS, XXX, …) are absent on purpose:
 * nobody pays with them.
 */
export const CURRENCY_EXPONENTS: ReadonlyMap<string, number> = new Map([
  ...listed(0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
  ...listed(
    2,
    `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
     COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
     INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
     MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
     STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  ),
  ...listed(3, "BHD IQD JOD KWD LYD OMR TND"),
  ...listed(4, "CLF UYW"),
  // Withdrawn since 2021. A chargeback may name the currency of a sale that is older than its withdrawal.
  ...listed(2, "ANG BGN CUC HRK SLL ZWL"),
]);

function listed(exponent: number, codes: string): [string, number][] {
  return codes.split(/\s+/).map((code) => [code, exponent]);
}
