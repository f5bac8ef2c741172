/**
 * How banks' texts name who pays, by provider: letters and digits alone, upper case. Only a provider that is named can be
 * matched by amount; equal amounts of strangers are no evidence.
 */
export const PROVIDER_WORDS: Readonly<Record<string, readonly string[]>> = {
  adyen: ["ADYEN"],
  amex: ["AMERICANEXPRESS", "AMEX"],
  "bancontact-pro": ["BANCONTACT", "PAYCONIQ"],
  buckaroo: ["BUCKAROO"],
  "ccv-pay": ["CCV"],
  checkoutcom: ["CHECKOUT"],
  edenred: ["EDENRED"],
  mollie: ["MOLLIE"],
  monizze: ["MONIZZE"],
  multisafepay: ["MULTISAFEPAY"],
  paypal: ["PAYPAL"],
  pluxee: ["PLUXEE", "SODEXO"],
  stripe: ["STRIPE"],
  trustly: ["TRUSTLY"],
  worldline: ["WORLDLINE", "GLOBALCOLLECT"],
};
