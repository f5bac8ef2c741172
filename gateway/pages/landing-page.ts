import { answer } from "../http/answer.ts";
import type { Handler } from "../http/router.ts";
import { cspHash, escapeHtml } from "./html.ts";
import { SAMPLE_QUERY } from "./sample-query.ts";

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color: #1d2430; }
pre { background: #f3f5f8; padding: 1rem; overflow-x: auto; border-radius: 6px; }
a { color: #0a58ca; }
`;

const CSP = `default-src 'none'; style-src ${cspHash(STYLE)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/**
 * Says what runs here and how to try it; a development server's front door.
 * @param users names of the demo users, none where demo sign-in is off
 */
export function createLandingPage(users: readonly string[]): Handler {
  const page = render(users);
  return ({ response }) => {
    answer(response, 200, page, { "content-type": "text/html; charset=utf-8", "content-security-policy": CSP });
  };
}

function render(users: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Concord</title><style>${STYLE}</style></head>
<body>
<h1>Concord</h1>
<p>One GraphQL schema over all the money a merchant takes: CCV Pay, e-vouchers and third-party acquirers. The graph
answers at <code>POST /graphql</code>, settlement files go to <code>POST /files</code>, and <a href="/ready">/ready</a>
tells how this server is doing.</p>
${users.length > 0 ? demoSignIn(users) : SIGN_IN}
<h2>A query to start with</h2>
<pre>${escapeHtml(SAMPLE_QUERY)}</pre>
</body>
</html>
`;
}

const SIGN_IN = `<p>Explore the graph in <a href="/graphiql">GraphiQL</a>; it needs a token of your issuer.</p>`;

function demoSignIn(users: readonly string[]): string {
  const links = users.map((user) => {
    return `<li><a href="/graphiql?user=${encodeURIComponent(user)}">GraphiQL as ${escapeHtml(user)}</a></li>`;
  });
  const command = `curl -s -H 'content-type: application/json' \\\n  -d '{"user":"${users[0]}"}' "$CONCORD/dev/token"`;
  return `<h2>Demo sign-in</h2>
<p>Demo sign-in is on: no password, demo data only. Explore the graph as one of these users:</p>
<ul>
${links.join("\n")}
</ul>
<p>A script gets the same token, with <code>CONCORD</code> set to the address of this page:</p>
<pre>${escapeHtml(command)}</pre>`;
}
