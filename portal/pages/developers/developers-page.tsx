import { useStrings } from "../../language/language.tsx";
import { useSettings } from "../../session/settings-context.ts";
import { developersStrings } from "./developers-strings.ts";
import { TryIt } from "./try-it.tsx";
import "./developers.css";
import "./try-it.css";

/** How programs ask the same graph that these pages ask. */
export function Content() {
  const t = useStrings(developersStrings);
  const { graphiql, signIn } = useSettings();
  const users = signIn.kind === "demo" ? signIn.users : [];
  const [first] = users;
  return (
    <div className="developers">
      <p>{t.intro}</p>
      <dl className="facts">
        <dt>{t.endpoint}</dt>
        <dd>
          <code>POST {window.location.origin}/graphql</code>
        </dd>
        <dt>{t.files}</dt>
        <dd>
          <code>POST {window.location.origin}/files</code>
        </dd>
        <dt>{t.health}</dt>
        <dd>
          <a href="/ready">/ready</a>
        </dd>
      </dl>
      {graphiql && (
        <section className="section">
          <h2>{t.explore}</h2>
          <ul className="developers__links">
            {users.map(({ id }) => (
              <li key={id}>
                <a className="button" href={`/graphiql?user=${encodeURIComponent(id)}`}>
                  {t.graphiqlAs(id)}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      {first && (
        <section className="section">
          <h2>{t.token}</h2>
          <Code
            text={`curl -s -H 'content-type: application/json' \\\n  -d '{"user":"${first.id}"}' ${window.location.origin}/dev/token`}
          />
        </section>
      )}
      <TryIt />
    </div>
  );
}

function Code({ text }: { readonly text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <pre className="developers__code panel" tabIndex={0}>
      {text}
    </pre>
  );
}
