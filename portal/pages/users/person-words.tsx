import { accountsStrings } from "../../accounts/accounts-strings.ts";
import { groupName } from "../../accounts/group-name.ts";
import { useViewer } from "../../graph/viewer.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import type { Group } from "./people.ts";

export function GroupOf({ id, groups }: { readonly id: string; readonly groups: readonly Group[] }) {
  const t = useStrings(accountsStrings);
  const group = groups.find((each) => each.id === id);
  return group ? groupName(group, t.groups) : id;
}

/** The locations that somebody is limited to, by name. */
export function LocationsOf({ ids }: { readonly ids: readonly string[] | null }) {
  const t = useStrings(accountsStrings);
  const { merchants } = useViewer();
  const { list } = useFormats();
  if (ids === null) return t.wholeMerchant;
  const known = (merchants ?? []).flatMap(({ locations }) => locations ?? []);
  return list(ids.map((id) => known.find((each) => each.id === id)?.name ?? id));
}
