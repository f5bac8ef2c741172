import { GraphQLError } from "graphql";
import { decodeJwt } from "jose";
import { AppError, ERRORS, type ErrorCode } from "../../subgraphs/shared/errors.ts";

/** Ends a stream, with an error that its client is told. */
export type EndStream = (error: GraphQLError) => void;

/** The streams that are open, counted by user. */
export type OpenStreams = {
  /**
   * Counts a stream until the returned function is called, which may be called again. `end` is called when the user's
   * token expires or this process stops.
   * @throws AppError TOO_MANY_STREAMS, or SUBSCRIPTION_ENDED once closed
   */
  open(user: { readonly userId: string; readonly token: string }, end: EndStream): () => void;
  /** How many there are, of all users. */
  count(): number;
  /** Ends all of them. */
  close(): void;
};

export function createOpenStreams(maxPerUser: number): OpenStreams {
  const counts = new Map<string, number>();
  const ends = new Set<EndStream>();
  let isClosed = false;
  return {
    open({ userId, token }, end) {
      if (isClosed) throw new AppError("SUBSCRIPTION_ENDED", "This gateway stops: connect again.");
      const count = counts.get(userId) ?? 0;
      if (count >= maxPerUser) {
        throw new AppError("TOO_MANY_STREAMS", `${count} streams of yours are open, the most there may be: close one.`);
      }
      const own: EndStream = (error) => end(error);
      const timer = setTimeout(() => own(streamError("UNAUTHENTICATED")), lifetimeOf(token));
      counts.set(userId, count + 1);
      ends.add(own);
      return () => {
        clearTimeout(timer);
        if (!ends.delete(own)) return;
        const left = (counts.get(userId) ?? 1) - 1;
        if (left > 0) counts.set(userId, left);
        else counts.delete(userId);
      };
    },
    count: () => ends.size,
    close() {
      isClosed = true;
      for (const end of ends) end(streamError("SUBSCRIPTION_ENDED"));
    },
  };
}

function streamError(code: ErrorCode): GraphQLError {
  return new GraphQLError(ERRORS[code].message, { extensions: { code } });
}

/** A stream that outlives all tokens is opened anew once a day. */
const LONGEST_MS = 24 * 60 * 60_000;

/** How long a token is good for yet, in milliseconds; it was verified before. One that says nothing is good for a day. */
function lifetimeOf(token: string): number {
  const expiresAt = token.split(".").length === 3 ? decodeJwt(token).exp : undefined;
  return expiresAt === undefined ? LONGEST_MS : Math.min(LONGEST_MS, Math.max(0, expiresAt * 1_000 - Date.now()));
}
