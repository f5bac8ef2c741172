import { useState } from "react";
import { FormDialog } from "../../accounts/form-dialog.tsx";
import { useChange } from "../../accounts/use-change.ts";
import { tell } from "../../design/toast.tsx";
import { ChangeMembershipDocument } from "../../generated/pages/users/users.ts";
import { useStrings } from "../../language/language.tsx";
import type { Group, Person } from "./people.ts";
import { type MemberScope, ScopeFields } from "./scope-fields.tsx";
import { usersStrings } from "./users-strings.ts";

type MembershipDialogProps = {
  readonly merchantId: string;
  readonly person: Person;
  readonly groups: readonly Group[];
  readonly onClose: () => void;
  readonly onDone: () => void;
};

/** What a person may see and do, and whether they are kept out. */
export function MembershipDialog({ merchantId, person, groups, onClose, onDone }: MembershipDialogProps) {
  const t = useStrings(usersStrings);
  const [scope, setScope] = useState<MemberScope>(person);
  const [isDisabled, setDisabled] = useState(person.isDisabled);
  const { fetching, send } = useChange(ChangeMembershipDocument);
  const save = async () => {
    if (scope.locations?.length === 0) return t.noLocation;
    const { groupId, locations } = scope;
    const asked = { merchantId, userId: person.id, groupId, isDisabled, expectedVersion: person.version };
    const { problem } = await send({ ...asked, locations: locations === null ? null : [...locations] });
    if (problem !== undefined) return problem;
    tell(t.changed(person.id));
    onDone();
    return undefined;
  };
  return (
    <FormDialog title={t.changeOf(person.id)} isBusy={fetching} onClose={onClose} onSave={save}>
      <ScopeFields merchantId={merchantId} groups={groups} scope={scope} onChange={setScope} />
      <label className="check">
        <input type="checkbox" checked={isDisabled} onChange={({ target }) => setDisabled(target.checked)} />
        {t.keepOut}
      </label>
    </FormDialog>
  );
}
