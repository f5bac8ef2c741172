import { useSearch } from "../../app/search-params.ts";
import { SelectField } from "../../design/field.tsx";
import { providerName } from "../../domain/method-name.ts";
import { FileProvidersDocument } from "../../generated/pages/files/files.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useStrings } from "../../language/language.tsx";
import { MONEY_SEARCH, PAYOUT_STATUSES } from "./money-search.ts";
import { moneyStrings } from "./money-strings.ts";

export function MoneyFilters({ withStatus = false }: { readonly withStatus?: boolean }) {
  const t = useStrings(moneyStrings);
  const [search, change] = useSearch(MONEY_SEARCH);
  const { data } = useGraph(FileProvidersDocument, {});
  const known = (data?.fileCoverage?.edges ?? []).map(({ node }) => node.provider);
  const providers = [...new Set([...known, ...(search.provider ? [search.provider] : [])])].sort();
  return (
    <div className="money__filters">
      <SelectField
        label={t.provider}
        value={search.provider ?? ""}
        onChange={({ target: { value } }) => change({ provider: value })}
      >
        <option value="">{t.all}</option>
        {providers.map((provider) => (
          <option key={provider} value={provider}>
            {providerName(provider)}
          </option>
        ))}
      </SelectField>
      {withStatus && (
        <SelectField
          label={t.status}
          value={search.status ?? ""}
          onChange={({ target: { value } }) => change({ status: PAYOUT_STATUSES.find((each) => each === value) })}
        >
          <option value="">{t.all}</option>
          {PAYOUT_STATUSES.map((status) => (
            <option key={status} value={status}>
              {t.statuses[status]}
            </option>
          ))}
        </SelectField>
      )}
    </div>
  );
}
