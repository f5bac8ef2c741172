import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { SelectField, TextField } from "../../design/field.tsx";
import { tell } from "../../design/toast.tsx";
import { ClosePeriodDocument, ClosingPlacesDocument } from "../../generated/pages/closings/closings.ts";
import { useActKey } from "../../graph/use-act-key.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useViewer } from "../../graph/viewer.tsx";
import { useStrings, useZone } from "../../language/language.tsx";
import { dayAt, instantOf, wallTimeAt } from "../../language/zoned-time.ts";
import { KINDS, type Kind } from "./closings-search.ts";
import { closingsStrings } from "./closings-strings.ts";
import { type Place, placesOf } from "./places.ts";

type CloseDialogProps = { readonly onClose: () => void; readonly onClosed: (id: string) => void };

const DAY_MS = 86_400_000;

/** What is closed stays so: what, where and until when is asked first. */
export function CloseDialog({ onClose, onClosed }: CloseDialogProps) {
  const t = useStrings(closingsStrings);
  const usualZone = useZone();
  const keyFor = useActKey();
  const merchants = useViewer().merchants ?? [];
  const { data } = useGraph(ClosingPlacesDocument, {});
  const places = placesOf(data?.viewer?.merchants ?? merchants, t);
  const [opened] = useState(() => new Date());
  const [kind, setKind] = useState<Kind>("DAY");
  const [placeKey, setPlace] = useState("");
  const place: Place | undefined = places.find(({ key }) => key === placeKey) ?? places[0];
  const zone = place?.zone ?? usualZone;
  const [day, setDay] = useState(() => dayAt(new Date(opened.getTime() - DAY_MS), zone));
  const [from, setFrom] = useState("");
  const [to, setTo] = useState(() => wallTimeAt(opened, zone));
  const [problem, setProblem] = useState<string>();
  const [{ fetching }, closePeriod] = useMutation(ClosePeriodDocument);
  const close = async () => {
    if (!place || (kind === "DAY" ? day : to) === "") return setProblem(t.endMissing);
    const asked = {
      ...place.input,
      kind,
      ...(kind === "DAY" ? dayOf(day, zone) : spanOf({ from, to }, zone)),
    };
    const { data: answered, error } = await closePeriod({ input: { ...asked, idempotencyKey: keyFor(asked) } });
    const outcome = answered?.closePeriod;
    if (outcome?.__typename === "Closing") {
      tell(t.done);
      return onClosed(outcome.id);
    }
    if (outcome?.__typename === "ClosingRefused") return setProblem(t.refusals[outcome.reason]);
    setProblem(outcome?.message ?? error?.graphQLErrors[0]?.message ?? t.notDone);
  };
  return (
    <Dialog title={t.close} closing={t.cancel} onClose={onClose}>
      <form
        className="section"
        onSubmit={(event) => {
          event.preventDefault();
          void close();
        }}
      >
        <SelectField
          label={t.kind}
          value={kind}
          onChange={({ target: { value } }) => setKind(KINDS.find((each) => each === value) ?? "DAY")}
        >
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {t.kinds[each]}
            </option>
          ))}
        </SelectField>
        <SelectField label={t.place} value={place?.key ?? ""} onChange={({ target: { value } }) => setPlace(value)}>
          {places.map(({ key, name }) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </SelectField>
        {kind === "DAY" ? (
          <TextField
            label={t.day}
            type="date"
            required
            max={dayAt(new Date(opened.getTime() - DAY_MS), zone)}
            hint={t.timesOf(zone)}
            problem={problem}
            value={day}
            onChange={({ target: { value } }) => setDay(value)}
          />
        ) : (
          <>
            <TextField
              label={t.from}
              type="datetime-local"
              hint={t.fromHint}
              value={from}
              onChange={({ target: { value } }) => setFrom(value)}
            />
            <TextField
              label={t.until}
              type="datetime-local"
              required
              hint={t.timesOf(zone)}
              problem={problem}
              value={to}
              onChange={({ target: { value } }) => setTo(value)}
            />
          </>
        )}
        <p className="soft">{t.forEver}</p>
        <div className="closings__acts">
          <Button look="primary" type="submit" disabled={fetching}>
            {t.closeIt}
          </Button>
          <Button onClick={onClose}>{t.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** From its midnight to the next, by the clock of the place. */
function dayOf(day: string, zone: string) {
  const start = instantOf(day, zone);
  // Noon of the next day is within it, however long this one is.
  return {
    from: start.toISOString(),
    to: instantOf(dayAt(new Date(start.getTime() + 1.5 * DAY_MS), zone), zone).toISOString(),
  };
}

function spanOf({ from, to }: { readonly from: string; readonly to: string }, zone: string) {
  return { ...(from !== "" && { from: instantOf(from, zone).toISOString() }), to: instantOf(to, zone).toISOString() };
}
