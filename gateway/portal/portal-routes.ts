import Negotiator from "negotiator";
import { answer, answerJson } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Handler, Routes } from "../http/router.ts";
import { EXAMPLE_QUERIES } from "../pages/example-queries.ts";
import type { PortalFile, PortalFiles } from "./portal-files.ts";
import type { SignIn } from "./sign-in.ts";

export type PortalOptions = {
  readonly files: PortalFiles;
  readonly signIn: SignIn;
  /** Whether `/graphiql` is there to be linked to. */
  readonly graphiql: boolean;
};

export type PortalRoutes = {
  readonly routes: Routes;
  /** Answers every path that is a page of the portal's own: which there are, the portal knows. */
  readonly page: Handler;
};

/** The portal's files by path, and what it has to know of this server before anyone is signed in. */
export function createPortalRoutes({ files, signIn, graphiql }: PortalOptions): PortalRoutes {
  const page: Handler = async (exchange) => {
    const origin = await signIn.tokenOrigin();
    answerFile(exchange, files.index, { "content-security-policy": cspOf(origin) });
  };
  const settings: Handler = async ({ response }) => {
    answerJson(response, 200, { signIn: await signIn.settings(), graphiql, examples: EXAMPLE_QUERIES });
  };
  return {
    page,
    routes: new Map([
      ["/", { GET: page }],
      ["/portal/settings", { GET: settings }],
      ...[...files.others].map(([path, file]) => {
        const serve: Handler = (exchange) => answerFile(exchange, file, {});
        return [path, { GET: serve }] as const;
      }),
    ]),
  };
}

/** Nothing inline, and nothing from elsewhere but the exchange of a code for a token. */
function cspOf(tokenOrigin: string | undefined): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    `connect-src 'self'${tokenOrigin === undefined ? "" : ` ${tokenOrigin}`}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
}

const YEAR = "public, max-age=31536000, immutable";

/** What has its hash in its name is kept for ever; the rest is asked after each time. */
function answerFile({ request, response }: Exchange, file: PortalFile, more: Readonly<Record<string, string>>): void {
  const { type, body, brotli, etag, isHashed } = file;
  const headers = { "content-type": type, "cache-control": isHashed ? YEAR : "no-cache", etag, ...more };
  if (request.headers["if-none-match"] === etag) {
    answer(response, 304, "", headers);
  } else if (brotli && new Negotiator(request).encodings(["br"]).includes("br")) {
    response.appendHeader("vary", "Accept-Encoding");
    response.writeHead(200, { ...headers, "content-encoding": "br", "content-length": brotli.byteLength });
    response.end(request.method === "HEAD" ? undefined : brotli);
  } else {
    answer(response, 200, body, headers);
  }
}
