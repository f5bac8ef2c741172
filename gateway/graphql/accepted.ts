import { LRUCache } from "lru-cache";
import Negotiator from "negotiator";

/** What an Accept header says about the answer to an operation. */
export type Accepted = {
  /** Whether it would rather have server-sent events than one answer. */
  readonly isStream: boolean;
  /** What one answer is to be of; undefined when it takes neither media type of GraphQL over HTTP. */
  readonly contentType: string | undefined;
};

const PLAIN = "application/json; charset=utf-8";
const SINGLE = [PLAIN, "application/graphql-response+json; charset=utf-8"];
const MEDIA_TYPES = ["application/json", "application/graphql-response+json", "text/event-stream"];

/** Clients send few different headers: each is read once. Longer ones are not kept. */
const LONGEST_KEPT = 200;
const known = new LRUCache<string, Accepted>({ max: 200 });

export function acceptedBy(header: string | undefined): Accepted {
  if (!header) return { isStream: false, contentType: PLAIN };
  const kept = known.get(header);
  if (kept) return kept;
  const negotiator = new Negotiator({ headers: { accept: header } });
  const accepted: Accepted = {
    isStream: negotiator.mediaType(MEDIA_TYPES) === "text/event-stream",
    contentType: negotiator.mediaType(SINGLE),
  };
  if (header.length <= LONGEST_KEPT) known.set(header, accepted);
  return accepted;
}
