import { useId } from "react";
import { useSearch } from "../../app/search-params.ts";
import { ICONS, Icon } from "../../design/icon.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import { BankEntries } from "./bank-entries.tsx";
import { MONEY_SEARCH } from "./money-search.ts";
import { moneyStrings } from "./money-strings.ts";
import { PayoutLines } from "./payout-lines.tsx";
import { type Bar, type PayoutDetail, placesOf, waterfallOf } from "./waterfall.ts";

/** From what shoppers paid down to what the bank booked; a bar opens the lines that make it up. */
export function WaterfallChart({ payout }: { readonly payout: PayoutDetail }) {
  const t = useStrings(moneyStrings);
  const { money } = useFormats();
  const [search, change] = useSearch(MONEY_SEARCH);
  const id = useId();
  const bars = waterfallOf(payout);
  const places = placesOf(bars);
  const { currency } = payout.amount;
  return (
    <section className="section" aria-label={t.explained}>
      <h2>{t.explained}</h2>
      <ol className="panel waterfall">
        {bars.map((bar, index) => {
          const { left = 0, width = 0 } = places[index] ?? {};
          const isOpen = search.bar === bar.name;
          const inside = (
            <>
              <span className="waterfall__name">{t.bars[bar.name]}</span>
              <span className="waterfall__track" aria-hidden="true">
                <span className={`waterfall__bar ${toneOf(bar)}`} style={{ left: `${left}%`, width: `${width}%` }} />
              </span>
              <span className="number waterfall__amount">
                {money({ amountMinor: String(bar.amountMinor), currency })}
              </span>
            </>
          );
          return (
            <li key={bar.name} className={bar.isTotal ? "waterfall__row waterfall__row--total" : "waterfall__row"}>
              {opens(bar) ? (
                <button
                  type="button"
                  className="waterfall__step"
                  aria-expanded={isOpen}
                  {...(isOpen && { "aria-controls": `${id}-${bar.name}` })}
                  onClick={() => change({ bar: isOpen ? undefined : bar.name }, { replace: true })}
                >
                  <Icon path={isOpen ? ICONS.up : ICONS.down} />
                  {inside}
                </button>
              ) : (
                <div className="waterfall__step">
                  <span />
                  {inside}
                </div>
              )}
              {isOpen && (
                <div className="waterfall__lines" id={`${id}-${bar.name}`}>
                  {bar.name === "bank" ? (
                    <BankEntries entries={payout.bankEntries ?? []} />
                  ) : (
                    <PayoutLines payout={payout} kinds={bar.kinds} />
                  )}
                </div>
              )}
            </li>
          );
        })}
      </ol>
      {(payout.bankEntries ?? []).length === 0 && <p className="soft">{t.noBankYet}</p>}
    </section>
  );
}

function opens({ kinds, name }: Bar): boolean {
  return kinds.length > 0 || name === "bank";
}

function toneOf({ isTotal, amountMinor, name }: Bar): string {
  if (name === "UNEXPLAINED") return "waterfall__bar--unknown";
  if (isTotal) return name === "bank" ? "waterfall__bar--bank" : "waterfall__bar--total";
  return amountMinor < 0n ? "waterfall__bar--less" : "waterfall__bar--more";
}
