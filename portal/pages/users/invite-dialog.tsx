import { useState } from "react";
import { FormDialog } from "../../accounts/form-dialog.tsx";
import { SecretDialog } from "../../accounts/secret-dialog.tsx";
import { useChange } from "../../accounts/use-change.ts";
import { SelectField, TextField } from "../../design/field.tsx";
import { InviteUserDocument } from "../../generated/pages/users/users.ts";
import { useStrings } from "../../language/language.tsx";
import { invitationLink } from "./invitation-link.ts";
import type { Group } from "./people.ts";
import { type MemberScope, ScopeFields } from "./scope-fields.tsx";
import { usersStrings } from "./users-strings.ts";

const DAYS = [1, 7, 14, 30] as const;

type InviteDialogProps = {
  readonly merchantId: string;
  readonly groups: readonly Group[];
  readonly onClose: () => void;
  readonly onInvited: () => void;
};

/** Invites a person, and shows once what they are to be sent. */
export function InviteDialog({ merchantId, groups, onClose, onInvited }: InviteDialogProps) {
  const t = useStrings(usersStrings);
  const invited = groups.filter(({ id }) => id !== "adapter");
  const [email, setEmail] = useState("");
  const [scope, setScope] = useState<MemberScope>({ groupId: "viewer", locations: null });
  const [days, setDays] = useState("7");
  const [token, setToken] = useState<string>();
  const { fetching, send } = useChange(InviteUserDocument);
  if (token !== undefined) {
    return (
      <SecretDialog title={t.invited(email)} advice={t.inviteAdvice} secret={invitationLink(token)} onClose={onClose} />
    );
  }
  const save = async () => {
    if (!/^\S+@\S+$/.test(email.trim())) return t.noEmail;
    if (scope.locations?.length === 0) return t.noLocation;
    const { groupId, locations } = scope;
    const asked = { merchantId, email: email.trim(), groupId, days: Number(days) };
    const { problem, done } = await send({ ...asked, locations: locations === null ? null : [...locations] });
    if (problem !== undefined) return problem;
    onInvited();
    if (done.token === null) onClose();
    else setToken(done.token);
    return undefined;
  };
  return (
    <FormDialog title={t.invite} action={t.invite} isBusy={fetching} onClose={onClose} onSave={save}>
      <TextField
        label={t.email}
        type="email"
        autoComplete="off"
        value={email}
        onChange={({ target }) => setEmail(target.value)}
      />
      <ScopeFields merchantId={merchantId} groups={invited} scope={scope} onChange={setScope} />
      <SelectField label={t.goodFor} value={days} onChange={({ target }) => setDays(target.value)}>
        {DAYS.map((each) => (
          <option key={each} value={each}>
            {t.days(each)}
          </option>
        ))}
      </SelectField>
    </FormDialog>
  );
}
