import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { clientAddress, trustProxies } from "../../gateway/http/trusted-proxies.ts";
import { readConfig } from "../../subgraphs/shared/config.ts";

let server: Server | undefined;
afterEach(() => server?.close());

/** Who the gateway takes the sender for, when these proxies are trusted; the test itself is the last of them. */
async function addressOf(proxies: readonly string[], forwardedFor?: string): Promise<string> {
  server = createServer((request, response) => response.end(clientAddress(request)));
  trustProxies(server, proxies);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const headers = forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor };
  return (await fetch(`http://127.0.0.1:${port}/`, { headers })).text();
}

describe("the address of a request", () => {
  test.each([
    ["is the connection's where no proxy is trusted, whatever a header says", [], "203.0.113.7", "127.0.0.1"],
    ["is the connection's where another proxy is trusted", ["10.0.0.0/8"], "203.0.113.7", "127.0.0.1"],
    ["is told by a proxy that is trusted", ["127.0.0.1"], "203.0.113.7", "203.0.113.7"],
    ["is the proxy's own where it tells of nobody", ["127.0.0.0/8"], undefined, "127.0.0.1"],
    [
      "is the one that the proxy added, not what its client made up",
      ["127.0.0.1"],
      "1.1.1.1, 203.0.113.7",
      "203.0.113.7",
    ],
    ["is found behind several proxies", ["127.0.0.1", "10.0.0.0/8"], "203.0.113.7, 10.1.2.3", "203.0.113.7"],
    ["is found with IPv6", ["127.0.0.1", "fd00::/8"], "2001:db8::7, fd00::1", "2001:db8::7"],
    ["in the way of IPv6 is written as what it is", ["127.0.0.1"], "::ffff:203.0.113.7", "203.0.113.7"],
    ["is the last proxy's where it tells nonsense", ["127.0.0.1"], "203.0.113.7, <script>", "127.0.0.1"],
    [
      "is the farthest proxy's where there is nobody else",
      ["127.0.0.1", "10.0.0.0/8"],
      "10.9.9.9, 10.1.2.3",
      "10.9.9.9",
    ],
  ] as const)("%s", async (_, proxies, header, expected) => {
    expect(await addressOf(proxies, header)).toBe(expected);
  });
});

test("proxies are read from the environment, and what is no network is refused by name", () => {
  expect(readConfig({ CONCORD_TRUSTED_PROXIES: "10.0.0.0/8, 192.0.2.1,fd00::/8" }).trustedProxies).toEqual([
    "10.0.0.0/8",
    "192.0.2.1",
    "fd00::/8",
  ]);
  for (const wrong of ["all", "10.0.0.0/33", "0.0.0.0/0", "10.0.0.1/8/8", ""].filter(Boolean))
    expect(() => readConfig({ CONCORD_TRUSTED_PROXIES: wrong })).toThrow("CONCORD_TRUSTED_PROXIES");
});
