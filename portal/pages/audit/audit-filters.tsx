import { useSearch } from "../../app/search-params.ts";
import { SelectField, TextField } from "../../design/field.tsx";
import { useStrings } from "../../language/language.tsx";
import { AUDIT_SEARCH, OUTCOMES } from "./audit-search.ts";
import { auditStrings } from "./audit-strings.ts";

export function AuditFilters() {
  const t = useStrings(auditStrings);
  const [search, change] = useSearch(AUDIT_SEARCH);
  const known = Object.entries(t.actions).sort(([, a], [, b]) => a.localeCompare(b));
  const day = (name: "from" | "to") => ({
    type: "date",
    value: search[name] ?? "",
    onChange: ({ target }: { readonly target: { readonly value: string } }) => change({ [name]: target.value }),
  });
  return (
    <div className="filters">
      <TextField
        label={t.who}
        type="search"
        value={search.who ?? ""}
        onChange={({ target }) => change({ who: target.value }, { replace: true })}
      />
      <SelectField
        label={t.what}
        value={search.action ?? ""}
        onChange={({ target }) => change({ action: target.value })}
      >
        <option value="">{t.all}</option>
        {known.map(([action, name]) => (
          <option key={action} value={action}>
            {name}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t.object}
        type="search"
        value={search.object ?? ""}
        onChange={({ target }) => change({ object: target.value }, { replace: true })}
      />
      <SelectField
        label={t.outcome}
        value={search.outcome ?? ""}
        onChange={({ target }) => change({ outcome: OUTCOMES.find((each) => each === target.value) })}
      >
        <option value="">{t.all}</option>
        {OUTCOMES.map((each) => (
          <option key={each} value={each}>
            {t.outcomes[each]}
          </option>
        ))}
      </SelectField>
      <TextField label={t.from} {...day("from")} />
      <TextField label={t.to} {...day("to")} />
    </div>
  );
}
