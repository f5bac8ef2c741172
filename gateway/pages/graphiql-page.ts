import { EXAMPLE_QUERIES } from "./example-queries.ts";
import { escapeHtml } from "./html.ts";

/** Everything comes from this server. Inline styles stay allowed: the editor makes its own as it runs. */
export const GRAPHIQL_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** @param users names of the demo users, none where demo sign-in is off */
export function renderGraphiqlPage(users: readonly string[]): string {
  const options = users.map((user) => `<option>${escapeHtml(user)}</option>`).join("");
  const chooser = users.length > 0 ? `<label>Signed in as <select id="user">${options}</select></label>` : "";
  const examples = EXAMPLE_QUERIES.map(({ name }) => `<option>${name}</option>`).join("");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Concord GraphiQL</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/graphiql/graphiql.css">
</head>
<body class="no-focus-outline">
<noscript>GraphiQL needs JavaScript.</noscript>
<header id="bar"><a href="/">Concord</a>${chooser}<label>Example <select id="example">${examples}</select></label><output id="problem"></output></header>
<div id="root" data-examples="${escapeHtml(JSON.stringify(EXAMPLE_QUERIES))}"></div>
<script src="/graphiql/graphiql.js"></script>
<script src="/graphiql/start.js"></script>
</body>
</html>
`;
}

export const GRAPHIQL_LAYOUT_CSS = `
body { margin: 0; height: 100vh; overflow: hidden; display: flex; flex-direction: column; }
#bar { display: flex; gap: 1.5rem; padding: .4rem 1rem; font: 14px/1.5 system-ui, sans-serif; background: #1d2430; }
#bar, #bar a { color: #fff; }
body > #root { flex: 1; min-height: 0; height: auto; width: auto; }
#root .graphiql-container { height: 100%; width: 100%; }
`;

/**
 * Runs in the browser: signs in as the chosen demo user and starts GraphiQL with that token among its headers and the chosen
 * example in its editor.
 */
export const GRAPHIQL_START_JS = `
self.MonacoEnvironment = { getWorkerUrl: (_, label) => "/graphiql/" + label + ".js" };

async function signIn(user) {
  const answer = await fetch("/dev/token", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.errors[0].message);
  return body.token;
}

/** What the address says is chosen, and choosing says it there. */
function chosenIn(id) {
  const chooser = document.getElementById(id);
  if (!chooser) return undefined;
  const wanted = new URLSearchParams(location.search).get(id);
  if ([...chooser.options].some(({ value }) => value === wanted)) chooser.value = wanted;
  chooser.addEventListener("change", () => {
    const next = new URL(location.href);
    next.searchParams.set(id, chooser.value);
    location.assign(next);
  });
  return chooser.value;
}

async function start() {
  const root = document.getElementById("root");
  const user = chosenIn("user");
  const example = chosenIn("example");
  let token = "";
  if (user) {
    token = await signIn(user).catch((error) => {
      document.getElementById("problem").textContent = error.message;
      return "";
    });
  }
  const headers = JSON.stringify({ authorization: "Bearer " + token }, null, 2);
  YogaGraphiQL.renderYogaGraphiQL(root, {
    endpoint: "/graphql",
    title: "Concord",
    query: JSON.parse(root.dataset.examples).find(({ name }) => name === example).query,
    headers,
    initialHeaders: headers,
    shouldPersistHeaders: false,
  });
}

start();
`;
