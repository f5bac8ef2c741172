import type { IncomingMessage, Server } from "node:http";
import { BlockList, isIP } from "node:net";

/** Addresses that proxies told of, by the request that they passed on. */
const forwarded = new WeakMap<IncomingMessage, string>();

/** Believes `X-Forwarded-For` of these proxies, and of nobody else. `10.0.0.0/8`, `192.0.2.1`, `fd00::/8`. */
export function trustProxies(server: Server, proxies: readonly string[]): void {
  if (proxies.length === 0) return;
  const trusted = blockListOf(proxies);
  const note = (request: IncomingMessage) => {
    const address = forwardedFor(request, trusted);
    if (address !== undefined) forwarded.set(request, address);
  };
  server.prependListener("request", note);
  server.prependListener("upgrade", note);
}

/**
 * The other end of the request's own connection; behind a proxy that is trusted, whom the proxy had it from. Whatever a
 * header says besides, any client can write.
 */
export function clientAddress(request: IncomingMessage): string | undefined {
  return forwarded.get(request) ?? plainAddress(request.socket.remoteAddress);
}

/**
 * Each proxy adds whom it had a request from on the right, and what stands further left its client may have made up: so
 * the first from the right that is no trusted proxy is who came to us. What is no address ends the search at the proxy.
 */
function forwardedFor({ headers, socket }: IncomingMessage, trusted: BlockList): string | undefined {
  let address = plainAddress(socket.remoteAddress);
  if (address === undefined || !isTrusted(address, trusted)) return undefined;
  const header = headers["x-forwarded-for"];
  for (const hop of (Array.isArray(header) ? header.join(",") : (header ?? ""))
    .split(",")
    .reverse()
    .slice(0, MOST_HOPS)) {
    const given = plainAddress(hop.trim());
    if (given === undefined || isIP(given) === 0) break;
    address = given;
    if (!isTrusted(address, trusted)) break;
  }
  return address;
}

const MOST_HOPS = 20;

/** A socket for both versions writes IPv4 addresses in the way of IPv6. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, "");
}

function isTrusted(address: string, trusted: BlockList): boolean {
  return trusted.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

function blockListOf(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = "", bits] = proxy.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
