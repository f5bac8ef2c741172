import { type LookupOptions, lookup } from "node:dns";
import { BlockList, isIP } from "node:net";

/** Addresses that no merchant's endpoint has: of this machine, of its network and of the cloud around it. */
const PRIVATE = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const) {
  PRIVATE.addSubnet(net, bits, "ipv4");
}
/** Of IPv6 only what is global is let through, without what leads to IPv4 or documents. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet("2000::", 3, "ipv6");
for (const [net, bits] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const) {
  PRIVATE.addSubnet(net, bits, "ipv6");
}

/** Whether an address is one of the open internet. */
export function isPublicAddress(address: string): boolean {
  const kind = isIP(address);
  if (kind === 4) return !PRIVATE.check(address, "ipv4");
  return kind === 6 && GLOBAL.check(address, "ipv6") && !PRIVATE.check(address, "ipv6");
}

/** What a URL's host is as an address, or null where it is a name. */
export function addressIn({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[|\]$/g, "");
  return isIP(bare) === 0 ? null : bare;
}

type Found = (error: Error | null, address: string | { address: string; family: number }[], family?: number) => void;

/**
 * Name resolution for a connection that goes to the open internet only. It judges the very addresses that are then
 * connected to: judged before, a name could answer otherwise the second time.
 */
export function publicLookup(hostname: string, options: LookupOptions, callback: Found): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, "");
    const hidden = addresses.find(({ address }) => !isPublicAddress(address));
    const [first] = addresses;
    if (hidden || !first)
      return callback(new Error("its name leads to an address that is not of the open internet"), "");
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
}
