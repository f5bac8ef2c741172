import { useState } from "react";
import { useMutation } from "urql";
import { MerchantField } from "../../../accounts/merchant-field.tsx";
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
import { RuleActs } from "./rule-acts.tsx";
import { RuleFields } from "./rule-fields.tsx";
import { areSame, type Rules } from "./rules.ts";
import { trialsStrings } from "./trials-strings.ts";

type RuleSet = NonNullable<RuleSetsQuery["ruleSets"]>[number];

/** Other rules on the recent history: what they would match that is not matched, and what they would not. */
export function RulesView() {
  const t = useStrings(trialsStrings);
  const merchants = useMerchantsWith("RECONCILIATION", "RECONCILE");
  const [merchantId, setMerchantId] = useState(merchants[0]?.id ?? "");
  const [{ preview }] = useSearch(RECONCILIATION_SEARCH);
  if (merchants.length === 0) return <p className="soft">{t.notYours}</p>;
  return (
    <>
      <p className="soft">{t.rulesAdvice}</p>
      <MerchantField merchants={merchants} merchantId={merchantId} onChange={setMerchantId} />
      <MerchantRules key={merchantId} merchantId={merchantId} />
      {preview && <PreviewPanel key={preview} id={preview} />}
    </>
  );
}

function MerchantRules({ merchantId }: { readonly merchantId: string }) {
  const t = useStrings(trialsStrings);
  const { data, error, fetching, reload } = useGraph(RuleSetsDocument, { merchantId });
  const sets = data?.ruleSets;
  if (!sets) return fetching ? <Spinner label={t.loading} /> : <Unanswered error={error} onAgain={reload} />;
  return <RuleForm merchantId={merchantId} sets={sets} onAdded={reload} />;
}

type RuleFormProps = {
  readonly merchantId: string;
  readonly sets: readonly RuleSet[];
  /** The sets are others now. */
  readonly onAdded: () => void;
};

function RuleForm({ merchantId, sets, onAdded }: RuleFormProps) {
  const t = useStrings(trialsStrings);
  const [, change] = useSearch(RECONCILIATION_SEARCH);
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
      merchantId,
    };
    const { data, error } = await preview({ input });
    const outcome = data?.outcome;
    if (outcome?.__typename === "RulePreview") return change({ preview: outcome.id }, { replace: true });
    setProblem(outcome?.message ?? error?.graphQLErrors[0]?.message ?? t.failed);
  };
  useShortcuts([{ key: "p", label: t.tryRules, run: () => void begin() }]);
  const chosen = sets.find(({ hash }) => hash === base);
  const isChanged = !areSame(rules, rulesOf(chosen));
  return (
    <div className="panel rules">
      <form
        className="rules__form"
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
      {chosen && (
        <RuleActs
          merchantId={merchantId}
          set={chosen}
          changed={isChanged ? rules : undefined}
          onDone={(hash) => {
            setBase(hash);
            onAdded();
          }}
        />
      )}
    </div>
  );
}

function rulesOf(set: RuleSet | undefined): Rules {
  return set ? (JSON.parse(set.content) as Rules) : {};
}
