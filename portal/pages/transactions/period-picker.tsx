import { useState } from "react";
import { Button } from "../../design/button.tsx";
import { TextField } from "../../design/field.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Popover } from "../../design/popover.tsx";
import { useZone } from "../../language/language.tsx";
import { PERIODS } from "./periods.ts";
import type { Search } from "./transaction-search.ts";
import { useTransactionWords } from "./words.ts";

type Span = Pick<Search, "period" | "from" | "to">;
type PeriodPickerProps = { readonly search: Span; readonly onChange: (next: Span) => void };

const ANY: Span = { period: undefined, from: undefined, to: undefined };

/** The usual periods, or from one moment to another. */
export function PeriodPicker({ search, onChange }: PeriodPickerProps) {
  const t = useTransactionWords();
  const label = usePeriodLabel(search) ?? t.allTime;
  return (
    <Popover label={label} icon={ICONS.calendar} name={`${t.filters.period}: ${label}`}>
      {(close) => {
        const choose = (next: Span) => {
          onChange(next);
          close();
        };
        return (
          <div className="transactions__period">
            <ul>
              {PERIODS.map((period) => (
                <li key={period}>
                  <Button
                    look="quiet"
                    aria-pressed={search.period === period}
                    onClick={() => choose({ ...ANY, period })}
                  >
                    {t.periods[period]}
                  </Button>
                </li>
              ))}
              <li>
                <Button look="quiet" aria-pressed={label === t.allTime} onClick={() => choose(ANY)}>
                  {t.allTime}
                </Button>
              </li>
            </ul>
            <CustomSpan search={search} onChoose={choose} />
          </div>
        );
      }}
    </Popover>
  );
}

function CustomSpan({ search, onChoose }: { readonly search: Span; readonly onChoose: (next: Span) => void }) {
  const t = useTransactionWords();
  const zone = useZone();
  const [from, setFrom] = useState(search.from ?? "");
  const [to, setTo] = useState(search.to ?? "");
  return (
    <form
      className="section"
      onSubmit={(event) => {
        event.preventDefault();
        onChoose({ period: undefined, from: from || undefined, to: to || undefined });
      }}
    >
      <TextField label={t.from} type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} />
      <TextField label={t.to} type="datetime-local" value={to} onChange={(event) => setTo(event.target.value)} />
      <p className="field__hint">{t.timesOf(zone)}</p>
      <Button look="primary" type="submit">
        {t.apply}
      </Button>
    </form>
  );
}

/** What the period is called; undefined where there is none. */
export function usePeriodLabel({ period, from, to }: Span): string | undefined {
  const t = useTransactionWords();
  if (period) return t.periods[period];
  if (!from && !to) return undefined;
  return `${from?.replace("T", " ") ?? "…"} – ${to?.replace("T", " ") ?? "…"}`;
}
