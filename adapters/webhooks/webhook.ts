import type { DisputeNotice, ProviderEvent } from "../../subgraphs/shared/event.ts";

/** What a provider sent, as it arrived: signatures are over these bytes. Header names are lower case. */
export type Delivery = {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** `?account=` of the address that the provider was given, for those whose messages do not say whose they are. */
  readonly account: string | undefined;
  /** Its sender was proved by a key of its own: a signature of the provider's is not asked for. */
  readonly isProven?: boolean;
};

/** One thing that a delivery tells of; a delivery may hold several. */
export type Notice = {
  /** The provider's account, as its files name it; "" where only reading the transaction will tell. */
  readonly account: string;
  /** Two notices with one key are the same notice. */
  readonly key: string;
  /** True where the key is a transaction's id and says nothing more: it is read again each time it is told. */
  readonly rereads: boolean;
  /** What we keep of it, without personal fields, as JSON. */
  readonly payload: Readonly<Record<string, unknown>>;
};

/** What one notice comes to. `unclear` is kept for a person; what was skipped says why. */
export type Finding =
  | { readonly kind: "event"; readonly event: ProviderEvent }
  | { readonly kind: "dispute"; readonly notice: DisputeNotice }
  | { readonly kind: "skipped"; readonly reason: string }
  | { readonly kind: "unclear"; readonly problem: string };

/** One provider's deliveries, with its secrets inside. */
export type WebhookReceiver = {
  /**
   * Proves who sent it, and takes it apart. @throws AppError UNAUTHENTICATED where the proof fails, INVALID_INPUT where
   * the body is none of this provider's
   */
  readonly open: (delivery: Delivery) => readonly Notice[];
  /** What the provider wants to read in an answer of 200, where it wants anything. */
  readonly answer?: string;
  /** What a kept notice means; may ask the provider. @throws AppError PROVIDER_UNAVAILABLE */
  readonly read: (notice: StoredNotice) => Promise<readonly Finding[]>;
};

export type StoredNotice = Pick<Notice, "account" | "key" | "payload"> & { readonly id: string };
