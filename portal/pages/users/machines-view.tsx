import { useState } from "react";
import { SecretDialog } from "../../accounts/secret-dialog.tsx";
import { useChange } from "../../accounts/use-change.ts";
import { Unanswered } from "../../app/unanswered.tsx";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Spinner } from "../../design/progress.tsx";
import { tell } from "../../design/toast.tsx";
import { MachinesDocument, RotateMachineKeyDocument } from "../../generated/pages/users/users.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useStrings } from "../../language/language.tsx";
import { CreateMachineDialog } from "./create-machine-dialog.tsx";
import { type Machine, MachineCard } from "./machine-card.tsx";
import { RevokeDialog, type Revoked } from "./revoke-dialog.tsx";
import { usersStrings } from "./users-strings.ts";

type Asking = "new" | { readonly revoke: Revoked } | { readonly name: string; readonly key: string };

/** Machines of providers that send files and notices by a key of their own. */
export function MachinesView({ merchantId }: { readonly merchantId: string }) {
  const t = useStrings(usersStrings);
  const { data, error, fetching, reload } = useGraph(MachinesDocument, { merchantId });
  const [asking, setAsking] = useState<Asking>();
  const rotating = useChange(RotateMachineKeyDocument);
  if (!data?.machines) return fetching ? <Spinner label={t.loading} /> : <Unanswered error={error} onAgain={reload} />;
  const machines = data.machines.edges.map(({ node }) => node);
  const close = () => setAsking(undefined);
  const show = (name: string, key: string | null) => {
    setAsking(key === null ? undefined : { name, key });
    reload();
  };
  const rotate = async ({ id, name }: Machine) => {
    const { problem, done } = await rotating.send({ merchantId, machineId: id, overlapHours: OVERLAP_HOURS });
    if (problem !== undefined) return tell(problem, { isBad: true });
    show(name, done.key);
  };
  return (
    <>
      <div className="bar bar--ends">
        <p className="soft">{t.machinesHint}</p>
        <Button look="primary" icon={ICONS.plus} onClick={() => setAsking("new")}>
          {t.newMachine}
        </Button>
      </div>
      {machines.length === 0 && (
        <EmptyState icon={ICONS.key} title={t.noMachines}>
          <p>{t.noMachinesAdvice}</p>
        </EmptyState>
      )}
      <ul className="users__machines">
        {machines.map((machine) => (
          <MachineCard
            key={machine.id}
            machine={machine}
            isBusy={rotating.fetching}
            onRotate={() => void rotate(machine)}
            onRevoke={(keyId) => setAsking({ revoke: { machine, keyId } })}
          />
        ))}
      </ul>
      {asking === "new" && <CreateMachineDialog merchantId={merchantId} onClose={close} onCreated={show} />}
      {asking && asking !== "new" && "revoke" in asking && (
        <RevokeDialog
          merchantId={merchantId}
          revoked={asking.revoke}
          onClose={close}
          onDone={() => {
            close();
            reload();
          }}
        />
      )}
      {asking && asking !== "new" && "key" in asking && (
        <SecretDialog title={t.keyOf(asking.name)} advice={t.keyAdvice} secret={asking.key} onClose={close} />
      )}
    </>
  );
}

/** How long the old key is taken as well, so that no file is refused meanwhile. */
const OVERLAP_HOURS = 24;
