import { useId, useState } from "react";
import { FormDialog } from "../../accounts/form-dialog.tsx";
import { MerchantField } from "../../accounts/merchant-field.tsx";
import { useChange } from "../../accounts/use-change.ts";
import { TextField } from "../../design/field.tsx";
import { tell } from "../../design/toast.tsx";
import { SaveLocationDocument } from "../../generated/pages/places/places.ts";
import { useStrings } from "../../language/language.tsx";
import type { Merchant, Place } from "./places.ts";
import { placesStrings } from "./places-strings.ts";

type LocationDialogProps = {
  /** Whose it can be. */
  readonly merchants: readonly Merchant[];
  /** A new one is made without it. */
  readonly place: Place | undefined;
  readonly onClose: () => void;
  readonly onDone: () => void;
};

/** A location's name, town, country and zone. */
export function LocationDialog({ merchants, place, onClose, onDone }: LocationDialogProps) {
  const t = useStrings(placesStrings);
  const zones = useId();
  const [merchantId, setMerchantId] = useState(merchants[0]?.id ?? "");
  const [name, setName] = useState(place?.name ?? "");
  const [city, setCity] = useState(place?.city ?? "");
  const [country, setCountry] = useState(place?.country ?? "BE");
  const [zone, setZone] = useState(place?.zone ?? merchants[0]?.zone ?? "Europe/Brussels");
  const { fetching, send } = useChange(SaveLocationDocument);
  const save = async () => {
    if (name.trim() === "" || country.trim().length !== 2 || zone.trim() === "") return t.fillInPlace;
    const known = place && { locationId: place.id, expectedVersion: place.version ?? 1 };
    const asked = { merchantId, name: name.trim(), country: country.trim().toUpperCase(), zone: zone.trim() };
    const { problem } = await send({ ...asked, ...known, ...(city.trim() !== "" && { city: city.trim() }) });
    if (problem !== undefined) return problem;
    tell(t.saved(name.trim()));
    onDone();
    return undefined;
  };
  return (
    <FormDialog
      title={place ? t.changeIt(place.name ?? "") : t.addLocation}
      isBusy={fetching}
      onClose={onClose}
      onSave={save}
    >
      <MerchantField merchants={merchants} merchantId={merchantId} onChange={setMerchantId} />
      <TextField label={t.name} maxLength={100} value={name} onChange={({ target }) => setName(target.value)} />
      <TextField label={t.city} maxLength={100} value={city} onChange={({ target }) => setCity(target.value)} />
      <TextField
        label={t.country}
        hint={t.countryHint}
        maxLength={2}
        value={country}
        onChange={({ target }) => setCountry(target.value)}
      />
      <TextField
        label={t.zone}
        hint={t.zoneHint}
        list={zones}
        value={zone}
        onChange={({ target }) => setZone(target.value)}
      />
      <datalist id={zones}>
        {Intl.supportedValuesOf("timeZone").map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </FormDialog>
  );
}
