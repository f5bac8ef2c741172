import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metrics } from "./create-metrics.ts";

export type MetricsServer = { readonly url: string; close(): Promise<void> };

/** Answers GET /metrics to this machine alone: names, loads and sums of money are the operator's business. */
export function serveMetrics(
  port: number,
  ...sources: readonly (Pick<Metrics, "text"> | undefined)[]
): Promise<MetricsServer> {
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 5_000 }, (request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    textOf(sources).then(
      ({ contentType, body }) => response.writeHead(200, { "content-type": contentType }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen({ host: "127.0.0.1", port }, () => {
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

async function textOf(sources: readonly (Pick<Metrics, "text"> | undefined)[]) {
  const texts = await Promise.all(sources.flatMap((source) => (source ? [source.text()] : [])));
  return { contentType: texts[0]?.contentType ?? "text/plain", body: texts.map(({ body }) => body).join("") };
}
