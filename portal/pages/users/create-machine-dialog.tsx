import { useId, useState } from "react";
import { FormDialog } from "../../accounts/form-dialog.tsx";
import { useChange } from "../../accounts/use-change.ts";
import { TextField } from "../../design/field.tsx";
import { FileProvidersDocument } from "../../generated/pages/files/files.ts";
import { CreateMachineDocument } from "../../generated/pages/users/users.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useStrings } from "../../language/language.tsx";
import { usersStrings } from "./users-strings.ts";

type CreateMachineDialogProps = {
  readonly merchantId: string;
  readonly onClose: () => void;
  readonly onCreated: (name: string, key: string | null) => void;
};

export function CreateMachineDialog({ merchantId, onClose, onCreated }: CreateMachineDialogProps) {
  const t = useStrings(usersStrings);
  const listId = useId();
  const { data } = useGraph(FileProvidersDocument, {});
  const [name, setName] = useState("");
  const [provider, setProvider] = useState("");
  const [accounts, setAccounts] = useState("");
  const [days, setDays] = useState("365");
  const { fetching, send } = useChange(CreateMachineDocument);
  const providers = [...new Set((data?.fileCoverage?.edges ?? []).map(({ node }) => node.provider))].sort();
  const save = async () => {
    if (name.trim() === "" || provider.trim() === "") return t.noMachineName;
    const named = accounts.split(/[\s,]+/).filter(Boolean);
    const { problem, done } = await send({
      merchantId,
      name: name.trim(),
      provider: provider.trim(),
      days: Number(days),
      ...(named.length > 0 && { accounts: named }),
    });
    if (problem !== undefined) return problem;
    onCreated(name.trim(), done.key);
    return undefined;
  };
  return (
    <FormDialog title={t.newMachine} isBusy={fetching} onClose={onClose} onSave={save}>
      <TextField label={t.name} maxLength={60} value={name} onChange={({ target }) => setName(target.value)} />
      <TextField
        label={t.provider}
        hint={t.providerHint}
        list={listId}
        value={provider}
        onChange={({ target }) => setProvider(target.value)}
      />
      <datalist id={listId}>
        {providers.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <TextField
        label={t.accounts}
        hint={t.accountsHint}
        value={accounts}
        onChange={({ target }) => setAccounts(target.value)}
      />
      <TextField
        label={t.keyDays}
        type="number"
        min={1}
        max={730}
        value={days}
        onChange={({ target }) => setDays(target.value)}
      />
    </FormDialog>
  );
}
