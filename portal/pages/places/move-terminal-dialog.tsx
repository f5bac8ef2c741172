import { useState } from "react";
import { FormDialog } from "../../accounts/form-dialog.tsx";
import { useChange } from "../../accounts/use-change.ts";
import { SelectField, TextField } from "../../design/field.tsx";
import { tell } from "../../design/toast.tsx";
import { MoveTerminalDocument } from "../../generated/pages/places/places.ts";
import { useStrings } from "../../language/language.tsx";
import { instantOf, wallTimeAt } from "../../language/zoned-time.ts";
import type { Stay } from "./places.ts";
import { placesStrings } from "./places-strings.ts";

type MoveTerminalDialogProps = {
  readonly stay: Stay;
  readonly onClose: () => void;
  readonly onDone: () => void;
};

/** Takes a terminal to another place, or out of use; the time is that of where it is. */
export function MoveTerminalDialog({ stay, onClose, onDone }: MoveTerminalDialogProps) {
  const t = useStrings(placesStrings);
  const zone = stay.place.zone ?? "UTC";
  const places = (stay.merchant.locations ?? []).filter(
    ({ id, closedAt }) => id !== stay.place.id && closedAt === null,
  );
  const [placeId, setPlaceId] = useState(places[0]?.id ?? "");
  const [at, setAt] = useState(wallTimeAt(new Date(), zone));
  const { fetching, send } = useChange(MoveTerminalDocument);
  const save = async () => {
    if (at === "") return t.fillIn;
    const { problem, done } = await send({
      merchantId: stay.merchant.id,
      terminalId: stay.id,
      at: instantOf(at, zone).toISOString(),
      ...(placeId !== "" && { locationId: placeId }),
    });
    if (problem !== undefined) return problem;
    tell(t.moved(stay.tid ?? "", done.transactions));
    onDone();
    return undefined;
  };
  return (
    <FormDialog title={t.moveIt(stay.tid ?? "")} action={t.move} isBusy={fetching} onClose={onClose} onSave={save}>
      <p>
        {t.nowAt}: <strong>{stay.place.name}</strong>
      </p>
      <SelectField label={t.to} value={placeId} onChange={({ target }) => setPlaceId(target.value)}>
        {places.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
        <option value="">{t.outOfUse}</option>
      </SelectField>
      <TextField
        label={t.when}
        hint={t.whenHint}
        type="datetime-local"
        value={at}
        onChange={({ target }) => setAt(target.value)}
      />
    </FormDialog>
  );
}
