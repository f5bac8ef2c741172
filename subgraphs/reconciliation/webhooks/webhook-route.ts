import type { IncomingMessage, ServerResponse } from "node:http";
import type { SubgraphRoute } from "../../shared/subgraph/subgraph-route.ts";
import { receiveWebhook, type WebhookServices } from "./receive-webhook.ts";

const MOST_BYTES = 1024 * 1024;

/** POST /webhooks?provider= of the reconciliation subgraph in a process of its own: the gateway passes webhooks on to it. */
export function webhookRoute(services: WebhookServices): SubgraphRoute {
  return {
    method: "POST",
    path: "/webhooks",
    handle: async (request: IncomingMessage, response: ServerResponse) => {
      const query = new URL(request.url ?? "/", "http://subgraph").searchParams;
      const body = await bodyOf(request);
      if (!body) return void response.writeHead(413, { "content-type": "application/json" }).end("{}");
      const headers = Object.entries(request.headers).flatMap(([name, value]) =>
        typeof value === "string" ? [[name, value] as const] : [],
      );
      const account = query.get("account") ?? undefined;
      const delivery = { body, headers: Object.fromEntries(headers), account };
      const answer = await receiveWebhook(services, query.get("provider") ?? "", delivery);
      const type = answer.text === undefined ? "application/json" : "text/plain";
      response.writeHead(answer.status, { "content-type": type }).end(answer.text ?? JSON.stringify(answer.body));
    },
  };
}

/** Undefined where it is larger than the gateway would let through. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
