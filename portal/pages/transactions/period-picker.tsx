import { type ChangeEvent, type KeyboardEvent, useState } from "react";
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

/** No form of its own, since the form of an export may be around it, which would be sent with this one. */
function CustomSpan({ search, onChoose }: { readonly search: Span; readonly onChoose: (next: Span) => void }) {
  const t = useTransactionWords();
  const zone = useZone();
  const [from, setFrom] = useState(search.from ?? "");
  const [to, setTo] = useState(search.to ?? "");
  const choose = () => onChoose({ period: undefined, from: from || undefined, to: to || undefined });
  const chooseByEnter = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    choose();
  };
  const field = (value: string, change: (value: string) => void) => ({
    type: "datetime-local",
    value,
    onChange: (event: ChangeEvent<HTMLInputElement>) => change(event.target.value),
    onKeyDown: chooseByEnter,
  });
  return (
    <div className="section">
      <TextField label={t.from} {...field(from, setFrom)} />
      <TextField label={t.to} {...field(to, setTo)} />
      <p className="field__hint">{t.timesOf(zone)}</p>
      <Button look="primary" onClick={choose}>
        {t.apply}
      </Button>
    </div>
  );
}

/** What the period is called; undefined where there is none. */
export function usePeriodLabel({ period, from, to }: Span): string | undefined {
  const t = useTransactionWords();
  if (period) return t.periods[period];
  if (!from && !to) return undefined;
  return `${from?.replace("T", " ") ?? "…"} – ${to?.replace("T", " ") ?? "…"}`;
}
