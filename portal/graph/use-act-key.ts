import { useRef } from "react";
import { newIdempotencyKey } from "./idempotency-key.ts";

/** The key of a request: the same for the same words, so that a second try is one act, and another once they change. */
export function useActKey(): (asked: object) => string {
  const last = useRef({ words: "", key: "" });
  return (asked) => {
    const words = JSON.stringify(asked);
    if (last.current.words !== words) last.current = { words, key: newIdempotencyKey() };
    return last.current.key;
  };
}
