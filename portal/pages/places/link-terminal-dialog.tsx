import { useState } from "react";
import { FormDialog } from "../../accounts/form-dialog.tsx";
import { useChange } from "../../accounts/use-change.ts";
import { SelectField, TextField } from "../../design/field.tsx";
import { tell } from "../../design/toast.tsx";
import { LinkTerminalDocument } from "../../generated/pages/places/places.ts";
import { useStrings } from "../../language/language.tsx";
import { instantOf, wallTimeAt } from "../../language/zoned-time.ts";
import type { Merchant } from "./places.ts";
import { placesStrings } from "./places-strings.ts";

type LinkTerminalDialogProps = {
  readonly merchants: readonly Merchant[];
  readonly onClose: () => void;
  readonly onDone: () => void;
};

/** Says where a terminal is from a time on; times are those of the place. */
export function LinkTerminalDialog({ merchants, onClose, onDone }: LinkTerminalDialogProps) {
  const t = useStrings(placesStrings);
  const places = merchants.flatMap((merchant) =>
    (merchant.locations ?? []).filter(({ closedAt }) => closedAt === null).map((place) => ({ merchant, place })),
  );
  const [tid, setTid] = useState("");
  const [placeId, setPlaceId] = useState(places[0]?.place.id ?? "");
  const [application, setApplication] = useState("");
  const chosen = places.find(({ place }) => place.id === placeId);
  const zone = chosen?.place.zone ?? "UTC";
  const [from, setFrom] = useState(wallTimeAt(new Date(), zone));
  const [until, setUntil] = useState("");
  const { fetching, send } = useChange(LinkTerminalDocument);
  const save = async () => {
    if (!chosen || tid.trim() === "" || from === "") return t.fillIn;
    const { problem } = await send({
      merchantId: chosen.merchant.id,
      tid: tid.trim(),
      locationId: chosen.place.id,
      from: instantOf(from, zone).toISOString(),
      ...(application.trim() !== "" && { application: application.trim() }),
      ...(until !== "" && { until: instantOf(until, zone).toISOString() }),
    });
    if (problem !== undefined) return problem;
    tell(t.linked(tid.trim(), chosen.place.name ?? ""));
    onDone();
    return undefined;
  };
  return (
    <FormDialog title={t.link} action={t.link} isBusy={fetching} onClose={onClose} onSave={save}>
      <TextField
        label={t.terminal}
        hint={t.tidHint}
        maxLength={40}
        value={tid}
        onChange={({ target }) => setTid(target.value)}
      />
      <SelectField label={t.location} value={placeId} onChange={({ target }) => setPlaceId(target.value)}>
        {places.map(({ place }) => (
          <option key={place.id} value={place.id}>
            {place.name}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t.applicationOptional}
        maxLength={60}
        value={application}
        onChange={({ target }) => setApplication(target.value)}
      />
      <TextField label={t.from} type="datetime-local" value={from} onChange={({ target }) => setFrom(target.value)} />
      <TextField
        label={t.untilOptional}
        type="datetime-local"
        value={until}
        onChange={({ target }) => setUntil(target.value)}
      />
    </FormDialog>
  );
}
