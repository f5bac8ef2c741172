import { useState } from "react";
import { accountsStrings } from "../../accounts/accounts-strings.ts";
import { FormDialog } from "../../accounts/form-dialog.tsx";
import { Ticks } from "../../accounts/ticks.tsx";
import { useChange } from "../../accounts/use-change.ts";
import { TextField } from "../../design/field.tsx";
import { tell } from "../../design/toast.tsx";
import { SaveUserGroupDocument } from "../../generated/pages/users/users.ts";
import { useStrings } from "../../language/language.tsx";
import { ACTIONS, MENUS } from "./menus-and-actions.ts";
import type { Group } from "./people.ts";
import { usersStrings } from "./users-strings.ts";

type GroupDialogProps = {
  readonly merchantId: string;
  /** A new one is made without it. */
  readonly group: Group | undefined;
  readonly onClose: () => void;
  readonly onDone: () => void;
};

/** A group's name, its menus and what its members may do there. */
export function GroupDialog({ merchantId, group, onClose, onDone }: GroupDialogProps) {
  const t = useStrings(usersStrings);
  const accounts = useStrings(accountsStrings);
  const [name, setName] = useState(group?.name ?? "");
  const [menus, setMenus] = useState<Group["menus"]>(group?.menus ?? []);
  const [actions, setActions] = useState<Group["actions"]>(group?.actions ?? ["VIEW"]);
  const { fetching, send } = useChange(SaveUserGroupDocument);
  const save = async () => {
    if (name.trim() === "") return t.noName;
    const known = group && { groupId: group.id, expectedVersion: group.version };
    const asked = { merchantId, name: name.trim(), menus: [...menus], actions: [...actions] };
    const { problem } = await send({ ...asked, ...known });
    if (problem !== undefined) return problem;
    tell(t.changed(name.trim()));
    onDone();
    return undefined;
  };
  return (
    <FormDialog title={group ? t.changeOf(group.name) : t.newGroup} isBusy={fetching} onClose={onClose} onSave={save}>
      <TextField label={t.name} maxLength={60} value={name} onChange={({ target }) => setName(target.value)} />
      <Ticks
        legend={t.opens}
        options={MENUS.map((menu) => [menu, accounts.menus[menu]])}
        ticked={menus}
        onChange={(next) => setMenus([...next])}
      />
      <Ticks
        legend={t.may}
        options={ACTIONS.map((action) => [action, accounts.actions[action]])}
        ticked={actions}
        onChange={(next) => setActions([...next])}
      />
    </FormDialog>
  );
}
