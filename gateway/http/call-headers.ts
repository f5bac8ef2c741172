import type { IncomingMessage } from "node:http";

/** What subgraphs learn of a request besides its operation; nothing that the client wrote but its token and its id. */
export function callHeaders({
  token,
  requestId,
  address,
}: {
  readonly token: string;
  readonly requestId: string;
  readonly address: string | undefined;
}): Record<string, string> {
  const headers = { authorization: `Bearer ${token}`, "x-request-id": requestId };
  return address === undefined ? headers : { ...headers, "x-client-address": address };
}

/**
 * The other end of the request's own connection. Behind a proxy that is the proxy: whatever else a header says of it,
 * any client can write.
 */
export function clientAddress({ socket }: IncomingMessage): string | undefined {
  // A socket for both versions writes IPv4 addresses in the way of IPv6.
  return socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, "");
}
