import { useState } from "react";
import { useMutation } from "urql";
import { useSearch } from "../../../app/search-params.ts";
import { useShortcuts } from "../../../app/shortcuts.tsx";
import { Unanswered } from "../../../app/unanswered.tsx";
import { Button } from "../../../design/button.tsx";
import { SelectField, TextField } from "../../../design/field.tsx";
import { Spinner } from "../../../design/progress.tsx";
import {
  PreviewRulesDocument,
  RuleSetsDocument,
  type RuleSetsQuery,
} from "../../../generated/pages/reconciliation/trials/trials.ts";
import { useGraph } from "../../../graph/use-graph.ts";
import { useMerchantsWith } from "../../../graph/viewer.tsx";
import { useStrings } from "../../../language/language.tsx";
import { RECONCILIATION_SEARCH } from "../reconciliation-search.ts";
import { PreviewPanel } from "./preview-panel.tsx";
import { RuleFields } from "./rule-fields.tsx";
import type { Rules } from "./rules.ts";
import { trialsStrings } from "./trials-strings.ts";

type RuleSet = NonNullable<RuleSetsQuery["ruleSets"]>[number];

/** Other rules on the recent history: what they would match that is not matched, and what they would not. */
export function RulesView() {
  const t = useStrings(trialsStrings);
  const { data, error, fetching, reload } = useGraph(RuleSetsDocument, {});
  const [{ preview }] = useSearch(RECONCILIATION_SEARCH);
  const sets = data?.ruleSets;
  if (!sets) return fetching ? <Spinner label={t.loading} /> : <Unanswered error={error} onAgain={reload} />;
  return (
    <>
      <p className="soft">{t.rulesAdvice}</p>
      <RuleForm sets={sets} />
      {preview && <PreviewPanel key={preview} id={preview} />}
    </>
  );
}

function RuleForm({ sets }: { readonly sets: readonly RuleSet[] }) {
  const t = useStrings(trialsStrings);
  const [, change] = useSearch(RECONCILIATION_SEARCH);
  const [merchant] = useMerchantsWith("RECONCILIATION", "RECONCILE");
  const first = sets.find(({ isActive }) => isActive) ?? sets[0];
  const [base, setBase] = useState(first?.hash ?? "");
  const [rules, setRules] = useState<Rules>(() => rulesOf(first));
  const [days, setDays] = useState("30");
  const [problem, setProblem] = useState<string>();
  const [{ fetching }, preview] = useMutation(PreviewRulesDocument);
  const begin = async () => {
    setProblem(undefined);
    const input = {
      rules: JSON.stringify(rules),
      days: Number(days) || 0,
      ...(merchant && { merchantId: merchant.id }),
    };
    const { data, error } = await preview({ input });
    const outcome = data?.outcome;
    if (outcome?.__typename === "RulePreview") return change({ preview: outcome.id }, { replace: true });
    setProblem(outcome?.message ?? error?.graphQLErrors[0]?.message ?? t.failed);
  };
  useShortcuts([{ key: "p", label: t.tryRules, run: () => void begin() }]);
  if (!merchant) return <p className="soft">{t.notYours}</p>;
  return (
    <form
      className="panel rules"
      onSubmit={(event) => {
        event.preventDefault();
        void begin();
      }}
    >
      <div className="filters">
        <SelectField
          label={t.basedOn}
          value={base}
          onChange={({ target: { value } }) => {
            setBase(value);
            setRules(rulesOf(sets.find(({ hash }) => hash === value)));
          }}
        >
          {sets.map(({ hash, version, isActive, note }) => (
            <option key={hash} value={hash}>
              {t.version(version, isActive)} · {note}
            </option>
          ))}
        </SelectField>
        <TextField
          label={t.days}
          type="number"
          min={1}
          max={400}
          value={days}
          onChange={({ target: { value } }) => setDays(value)}
        />
      </div>
      <RuleFields rules={rules} onChange={setRules} />
      {problem && (
        <p className="notice notice--bad" role="alert">
          {problem}
        </p>
      )}
      <div className="bar">
        <Button look="primary" type="submit" aria-keyshortcuts="p" disabled={fetching}>
          {t.tryRules} <kbd>p</kbd>
        </Button>
      </div>
    </form>
  );
}

function rulesOf(set: RuleSet | undefined): Rules {
  return set ? (JSON.parse(set.content) as Rules) : {};
}
