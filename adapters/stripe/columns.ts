import type { Layout } from "../readers/records.ts";

const REQUIRED = {
  id: "balance_transaction_id",
  currency: "currency",
  gross: "gross",
  fee: "fee",
  net: "net",
  category: "reporting_category",
} as const;

const OPTIONAL = {
  created: "created",
  createdUtc: "created_utc",
  available: "available_on",
  availableUtc: "available_on_utc",
  payout: "automatic_payout_id",
  paid: "automatic_payout_effective_at",
  paidUtc: "automatic_payout_effective_at_utc",
  account: "gateway_account",
  source: "source_id",
  charge: "charge_id",
  shopperAmount: "customer_facing_amount",
  shopperCurrency: "customer_facing_currency",
  method: "payment_method_type",
  cardBrand: "card_brand",
  cardFunding: "card_funding",
  order: "order_id",
  invoice: "invoice_number",
  exchangeRate: "exchange_rate",
} as const;

/** Names that Stripe's own columns begin with, of those that a merchant may choose and the adapter drops. */
const UNREAD =
  /^(?:(?:customer|shipping|card_address|connected_account|payment_intent|invoice|subscription|regulatory|trace|statement|charge_created|dispute|refund|transfer|application|platform|bank|client|report|checkout|destination)_\w+|\w+_metadata\[.*\]|description|card_country|is_link|fee_details|activity_\w+|default_currency)$/;

export type StripeColumn = keyof typeof REQUIRED | keyof typeof OPTIONAL;

export const LAYOUT: Layout<keyof typeof REQUIRED, keyof typeof OPTIONAL> = {
  format: { delimiter: ",", encoding: "utf-8" },
  required: REQUIRED,
  optional: OPTIONAL,
  unread: (column) => UNREAD.test(column),
  personal: (column) => /^(?:customer_(?!facing)|shipping_|card_address_)/.test(column),
};
