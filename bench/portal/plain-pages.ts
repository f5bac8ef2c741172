import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** The floor: pages of rows that a browser has nothing to do for but show them. */
export type PlainPages = { readonly urlOf: (rows: number) => string; readonly close: () => Promise<void> };

export async function startPlainPages(): Promise<PlainPages> {
  const server = createServer((request, response) => {
    const rows = Number(new URL(request.url ?? "/", "http://plain").searchParams.get("rows"));
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(pageOf(rows));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (rows) => `http://127.0.0.1:${port}/?rows=${rows}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** As many cells, as high and as wide as the portal's own on a desktop. */
function pageOf(rows: number): string {
  const cells = Array.from({ length: 8 }, (_, cell) => `<span>cell ${cell} of it</span>`).join("");
  const row = `<div class="transactions__row">${cells}</div>`;
  return `<!doctype html><title>Plain</title><style>
    body { margin: 0; font: 14px sans-serif }
    main { height: 600px; overflow: auto }
    div { display: grid; grid-template-columns: repeat(8, 1fr); height: 44px; border-bottom: 1px solid #ddd }
  </style><main>${row.repeat(rows)}</main>`;
}
