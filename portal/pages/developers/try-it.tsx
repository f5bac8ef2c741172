import { type KeyboardEvent, useId, useState } from "react";
import { Button } from "../../design/button.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Spinner } from "../../design/progress.tsx";
import { useStrings } from "../../language/language.tsx";
import { useSession } from "../../session/session.ts";
import { useSettings } from "../../session/settings-context.ts";
import { developersStrings } from "./developers-strings.ts";
import { type Explained, explain } from "./explain.ts";
import { PlanView } from "./plan-view.tsx";

type State = "idle" | "asking" | "failed" | Explained;

/** Examples to begin with, and of each operation which subgraphs answer it, and in which order. */
export function TryIt() {
  const t = useStrings(developersStrings);
  const { session } = useSession();
  const { examples, graphiql } = useSettings();
  const [name, setName] = useState(examples[0]?.name ?? "");
  const [query, setQuery] = useState(examples[0]?.query ?? "");
  const [state, setState] = useState<State>("idle");
  const id = useId();
  const choose = (chosen: string) => {
    setName(chosen);
    setQuery(examples.find((each) => each.name === chosen)?.query ?? "");
    setState("idle");
  };
  const ask = async () => {
    setState("asking");
    setState(await explain(session?.token ?? "", query).catch(() => "failed" as const));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void ask();
  };
  return (
    <section className="section" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{t.tryIt}</h2>
      <div className="developers__links">
        <label className="developers__example">
          {t.example}
          <select className="input" value={name} onChange={(event) => choose(event.target.value)}>
            {examples.map((each) => (
              <option key={each.name} value={each.name}>
                {(t.examples as Readonly<Record<string, string>>)[each.name] ?? each.name}
              </option>
            ))}
          </select>
        </label>
        <Button look="primary" icon={ICONS.play} disabled={state === "asking"} onClick={ask}>
          {t.run}
        </Button>
        {graphiql && (
          <a className="button" href={`/graphiql?example=${encodeURIComponent(name)}`}>
            {t.inGraphiql}
          </a>
        )}
      </div>
      <label className="developers__query">
        {t.operation}
        <textarea
          className="input developers__code"
          rows={16}
          spellCheck={false}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </label>
      <div aria-live="polite">
        <Outcome state={state} />
      </div>
    </section>
  );
}

function Outcome({ state }: { readonly state: State }) {
  const t = useStrings(developersStrings);
  if (state === "idle") return null;
  if (state === "asking") return <Spinner label={t.asking} />;
  if (state === "failed") return <p>{t.failed}</p>;
  const { plan, answer, ms } = state;
  return (
    <div className="developers__outcome">
      <h3>{t.plan}</h3>
      {plan ? <PlanView node={plan} /> : <p>{plan === null ? t.nothingFetched : t.noPlan}</p>}
      <h3>{t.answered(ms)}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre className="developers__code developers__answer panel" tabIndex={0}>
        {answer}
      </pre>
    </div>
  );
}
