import { providerName } from "../../domain/method-name.ts";
import type { TransactionTotalsQuery } from "../../generated/pages/transactions/transactions.ts";
import { useFormats } from "../../language/language.tsx";
import { useTransactionWords } from "./words.ts";

type Coverage = NonNullable<TransactionTotalsQuery["transactions"]>["coverage"][number];

/** What it is fresh up to is no longer in it: midnight is shown as the minute before. */
const MINUTE_MS = 60_000;

/** Which providers the figures cover, and up to when: a sum that lacks a provider must not look whole. */
export function CoverageLine({ coverage }: { readonly coverage: readonly Coverage[] }) {
  const t = useTransactionWords();
  const { moment, ago } = useFormats();
  const until = (end: string) => moment(new Date(Date.parse(end) - MINUTE_MS).toISOString());
  if (coverage.length === 0) return null;
  const sentence = ({ provider, state, freshAsOf, missingFrom }: Coverage) => {
    const name = providerName(provider);
    const say = t.coverageStates;
    if (state === "NEVER" || state === "UNKNOWN") return say[state](name);
    if (state === "SILENT") return say.SILENT(name, freshAsOf ? ago(freshAsOf) : "…");
    if (state === "GAP") return say.GAP(name, missingFrom ? moment(missingFrom) : "…");
    return say[state](name, freshAsOf ? until(freshAsOf) : "…");
  };
  return (
    <p className="transactions__coverage">
      <span className="soft">{t.coverage}</span>{" "}
      {coverage.map((each) => (
        <span
          key={each.provider}
          className={`coverage coverage--${each.state.toLowerCase()}`}
          {...(each.reason && { title: each.reason })}
        >
          {sentence(each)}
        </span>
      ))}
    </p>
  );
}
