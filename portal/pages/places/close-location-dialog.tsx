import { FormDialog } from "../../accounts/form-dialog.tsx";
import { useChange } from "../../accounts/use-change.ts";
import { tell } from "../../design/toast.tsx";
import { CloseLocationDocument } from "../../generated/pages/places/places.ts";
import { useStrings } from "../../language/language.tsx";
import type { Merchant, Place } from "./places.ts";
import { placesStrings } from "./places-strings.ts";

type CloseLocationDialogProps = {
  readonly merchant: Merchant;
  readonly place: Place;
  readonly onClose: () => void;
  readonly onDone: () => void;
};

export function CloseLocationDialog({ merchant, place, onClose, onDone }: CloseLocationDialogProps) {
  const t = useStrings(placesStrings);
  const { fetching, send } = useChange(CloseLocationDocument);
  const close = async () => {
    const asked = { merchantId: merchant.id, locationId: place.id, expectedVersion: place.version ?? 1 };
    const { problem } = await send(asked);
    if (problem !== undefined) return problem;
    tell(t.closedNow(place.name ?? ""));
    onDone();
    return undefined;
  };
  return (
    <FormDialog
      title={t.closeIt(place.name ?? "")}
      action={t.closeLocation}
      look="danger"
      isBusy={fetching}
      onClose={onClose}
      onSave={close}
    >
      <p>{t.closeHint}</p>
    </FormDialog>
  );
}
