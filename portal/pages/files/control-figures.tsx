import { Badge } from "../../design/badge.tsx";
import type { FileFullFragment } from "../../generated/pages/files/files.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { filesStrings } from "./files-strings.ts";

const MOST = 8;

/** What the file states about itself beside what its rows add up to. */
export function ControlFigures({ file: { controlTotals } }: { readonly file: FileFullFragment }) {
  const t = useStrings(filesStrings);
  const { money, number } = useFormats();
  if (controlTotals.length === 0) return null;
  const wrong = controlTotals.filter(({ expected, actual }) => expected !== actual);
  const shown = [...wrong, ...controlTotals.filter((each) => !wrong.includes(each))].slice(0, MOST);
  const write = (value: string, currency: string | null) =>
    currency === null ? number(BigInt(value)) : money({ amountMinor: value, currency });
  return (
    <section className="panel files__panel" aria-label={t.controls}>
      <h3 className="headline">
        {t.controls}
        <Badge tone={wrong.length === 0 ? "good" : "bad"}>{wrong.length === 0 ? t.foots : t.footsNot}</Badge>
      </h3>
      <dl className="facts files__sums">
        {shown.map(({ name, currency, expected, actual }) => (
          <div key={`${name} ${currency}`} className="files__control">
            <dt>{name}</dt>
            <dd className="number">
              {expected === actual
                ? write(expected, currency)
                : t.differs(write(expected, currency), write(actual, currency))}
            </dd>
          </div>
        ))}
      </dl>
      {controlTotals.length > MOST && <p className="soft">{t.andMore(controlTotals.length - MOST)}</p>}
    </section>
  );
}
