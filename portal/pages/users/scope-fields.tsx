import { accountsStrings } from "../../accounts/accounts-strings.ts";
import { groupName } from "../../accounts/group-name.ts";
import { Ticks } from "../../accounts/ticks.tsx";
import { SelectField } from "../../design/field.tsx";
import { useViewer } from "../../graph/viewer.tsx";
import { useStrings } from "../../language/language.tsx";
import type { Group } from "./people.ts";
import { usersStrings } from "./users-strings.ts";

/** The group that somebody is in, and the locations they are limited to; null is none. */
export type MemberScope = { readonly groupId: string; readonly locations: readonly string[] | null };

type ScopeFieldsProps = {
  readonly merchantId: string;
  readonly groups: readonly Group[];
  readonly scope: MemberScope;
  readonly onChange: (scope: MemberScope) => void;
};

export function ScopeFields({ merchantId, groups, scope, onChange }: ScopeFieldsProps) {
  const t = useStrings(usersStrings);
  const accounts = useStrings(accountsStrings);
  const { merchants } = useViewer();
  const places = merchants?.find(({ id }) => id === merchantId)?.locations ?? [];
  const options = places.map(({ id, name }) => [id, name ?? id] as const);
  return (
    <>
      <SelectField
        label={t.group}
        value={scope.groupId}
        onChange={({ target }) => onChange({ ...scope, groupId: target.value })}
      >
        {groups.map((group) => (
          <option key={group.id} value={group.id}>
            {groupName(group, accounts.groups)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t.sees}
        value={scope.locations === null ? "all" : "some"}
        onChange={({ target }) => onChange({ ...scope, locations: target.value === "all" ? null : [] })}
      >
        <option value="all">{accounts.wholeMerchant}</option>
        <option value="some">{t.someLocations}</option>
      </SelectField>
      {scope.locations !== null && (
        <Ticks
          legend={t.locations}
          options={options}
          ticked={scope.locations}
          onChange={(locations) => onChange({ ...scope, locations })}
        />
      )}
    </>
  );
}
