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
