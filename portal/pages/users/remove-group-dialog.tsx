import { FormDialog } from "../../accounts/form-dialog.tsx";
import { useChange } from "../../accounts/use-change.ts";
import { tell } from "../../design/toast.tsx";
import { RemoveUserGroupDocument } from "../../generated/pages/users/users.ts";
import { useStrings } from "../../language/language.tsx";
import type { Group } from "./people.ts";
import { usersStrings } from "./users-strings.ts";

type RemoveGroupDialogProps = {
  readonly merchantId: string;
  readonly group: Group;
  readonly onClose: () => void;
  readonly onDone: () => void;
};

export function RemoveGroupDialog({ merchantId, group, onClose, onDone }: RemoveGroupDialogProps) {
  const t = useStrings(usersStrings);
  const { fetching, send } = useChange(RemoveUserGroupDocument);
  const remove = async () => {
    const { problem } = await send({ merchantId, groupId: group.id, expectedVersion: group.version });
    if (problem !== undefined) return problem;
    tell(t.removed(group.name));
    onDone();
    return undefined;
  };
  return (
    <FormDialog
      title={t.removeOf(group.name)}
      action={t.remove}
      look="danger"
      isBusy={fetching}
      onClose={onClose}
      onSave={remove}
    >
      <p>{t.removeHint}</p>
    </FormDialog>
  );
}
