import { FormDialog } from "../../accounts/form-dialog.tsx";
import { useChange } from "../../accounts/use-change.ts";
import { tell } from "../../design/toast.tsx";
import { RevokeMachineDocument } from "../../generated/pages/users/users.ts";
import { useStrings } from "../../language/language.tsx";
import type { Machine } from "./machine-card.tsx";
import { usersStrings } from "./users-strings.ts";

/** One key, or without it the machine with all its keys. */
export type Revoked = { readonly machine: Machine; readonly keyId: string | undefined };

type RevokeDialogProps = {
  readonly merchantId: string;
  readonly revoked: Revoked;
  readonly onClose: () => void;
  readonly onDone: () => void;
};

export function RevokeDialog({ merchantId, revoked: { machine, keyId }, onClose, onDone }: RevokeDialogProps) {
  const t = useStrings(usersStrings);
  const { fetching, send } = useChange(RevokeMachineDocument);
  const title = keyId === undefined ? t.revokeOf(machine.name) : t.takeAwayOf(keyId);
  const revoke = async () => {
    const { problem } = await send({ merchantId, machineId: machine.id, ...(keyId !== undefined && { keyId }) });
    if (problem !== undefined) return problem;
    tell(t.revokedNow);
    onDone();
    return undefined;
  };
  return (
    <FormDialog
      title={title}
      action={keyId === undefined ? t.revoke : t.takeAway}
      look="danger"
      isBusy={fetching}
      onClose={onClose}
      onSave={revoke}
    >
      <p>{t.revokeHint}</p>
    </FormDialog>
  );
}
