import { useState } from "react";
import { Button } from "../../design/button.tsx";
import { TextField } from "../../design/field.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Popover } from "../../design/popover.tsx";
import { useZone } from "../../language/language.tsx";
import { wallTimeAt } from "../../language/zoned-time.ts";
import type { Search } from "./transaction-search.ts";
import { useTransactionWords } from "./words.ts";

type Past = Pick<Search, "at">;

/** Chooses a moment: the list is then what it was at that time. */
export function PastPicker({ at, onChange }: Past & { readonly onChange: (next: Past) => void }) {
  const t = useTransactionWords();
  return (
    <Popover label="" icon={ICONS.past} name={t.past.choose}>
      {(close) => (
        <MomentForm
          at={at}
          onChange={(next) => {
            onChange(next);
            close();
          }}
        />
      )}
    </Popover>
  );
}

function MomentForm({ at, onChange }: Past & { readonly onChange: (next: Past) => void }) {
  const t = useTransactionWords();
  const zone = useZone();
  const now = wallTimeAt(new Date(), zone);
  const [moment, setMoment] = useState(at ?? now);
  return (
    <form
      className="section transactions__moment"
      onSubmit={(event) => {
        event.preventDefault();
        onChange({ at: moment });
      }}
    >
      <TextField
        label={t.past.moment}
        hint={t.timesOf(zone)}
        type="datetime-local"
        step={1}
        required
        max={`${now}:59`}
        value={moment}
        onChange={({ target }) => setMoment(target.value)}
      />
      <div className="bar">
        <Button look="primary" type="submit">
          {t.past.show}
        </Button>
        {at !== undefined && <Button onClick={() => onChange({ at: undefined })}>{t.past.back}</Button>}
      </div>
    </form>
  );
}
