import type { IncomingMessage, ServerResponse } from "node:http";

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Nothing is kept by a cache, guessed at by a browser or shown in a frame; a page that may do more says so itself. */
const USUAL: readonly (readonly [string, string])[] = [
  ["cache-control", "no-store"],
  ["content-security-policy", "default-src 'none'; frame-ancestors 'none'"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
  ["permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"],
  ["referrer-policy", "no-referrer"],
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "DENY"],
];

/**
 * Puts the headers of every answer on it before anybody can answer, a preflight and a refusal among them.
 * @param hstsSeconds how long browsers come by HTTPS only; 0 where nothing in front ends TLS
 */
export function withUsualHeaders(hstsSeconds: number, listener: Listener): Listener {
  const headers: typeof USUAL =
    hstsSeconds === 0 ? USUAL : [...USUAL, ["strict-transport-security", `max-age=${hstsSeconds}`]];
  return (request, response) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    listener(request, response);
  };
}
