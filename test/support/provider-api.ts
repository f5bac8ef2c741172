import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

type Answer = { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> };

/** What was asked of the provider: one entry a call, in order. */
export type Asked = { readonly url: string; readonly headers: IncomingHttpHeaders };

export type ProviderApi = {
  readonly url: string;
  readonly asked: Asked[];
  /** What answers from now on; `undefined` holds the answer back for ever. */
  answers: (asked: Asked) => Answer | undefined;
  readonly close: () => void;
};

/** A server of our own that plays a provider's API: slow, refusing, failing, or well. */
export async function startProviderApi(): Promise<ProviderApi> {
  const asked: Asked[] = [];
  const server: Server = createServer((request, response) => {
    const call = { url: request.url ?? "", headers: request.headers };
    asked.push(call);
    const answer = api.answers(call);
    if (!answer) return;
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {}));
  });
  const api: ProviderApi = {
    url: "",
    asked,
    answers: () => ({ status: 404 }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(api, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}
