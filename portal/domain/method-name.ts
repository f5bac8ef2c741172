/** A payment method as people write it: vouchers in their language, brands as they are. */
export function methodName(method: string, names: Readonly<Record<string, string>>): string {
  return names[method] ?? BRANDS[method] ?? method.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());
}

const BRANDS: Readonly<Record<string, string>> = {
  amex: "American Express",
  ideal: "iDEAL",
  jcb: "JCB",
  paypal: "PayPal",
  vpay: "V PAY",
  applepay: "Apple Pay",
  googlepay: "Google Pay",
  mc: "Mastercard",
};

/** A provider by the name on its invoices. */
export function providerName(provider: string): string {
  return PROVIDERS[provider] ?? provider.replaceAll("-", " ").replace(/^./, (first) => first.toUpperCase());
}

const PROVIDERS: Readonly<Record<string, string>> = {
  "ccv-pay": "CCV Pay",
  amex: "American Express",
  paypal: "PayPal",
  multisafepay: "MultiSafepay",
  "checkout-com": "Checkout.com",
  "bancontact-pro": "Bancontact Pro",
};
