import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import { currentStay, type Merchant, type Place, type Stay } from "./places.ts";
import { placesStrings } from "./places-strings.ts";

type PlaceListProps = {
  readonly places: readonly { readonly merchant: Merchant; readonly place: Place }[];
  readonly withMerchant: boolean;
  readonly onOpen: (tid: string) => void;
  readonly mayChange: (merchant: Merchant) => boolean;
  readonly onMove: (stay: Stay) => void;
  readonly onChange: (asked: AskedPlace) => void;
};

/** A location that is to be changed or closed. */
export type AskedPlace = { readonly merchant: Merchant; readonly place: Place; readonly act: "change" | "close" };

/** Each location with the terminals that are there, and below them those that were. */
export function PlaceList({ places, withMerchant, onChange, ...rest }: PlaceListProps) {
  const t = useStrings(placesStrings);
  return (
    <ul className="places__list">
      {places.map(({ merchant, place }) => (
        <li key={place.id} className="panel places__place">
          <div className="bar bar--ends">
            <PlaceHead place={place} merchant={withMerchant ? merchant : undefined} />
            {rest.mayChange(merchant) && place.closedAt === null && (
              <span>
                <Button
                  look="quiet"
                  aria-label={t.changeIt(place.name ?? "")}
                  onClick={() => onChange({ merchant, place, act: "change" })}
                >
                  {t.change}
                </Button>
                <Button
                  look="quiet"
                  aria-label={t.closeIt(place.name ?? "")}
                  onClick={() => onChange({ merchant, place, act: "close" })}
                >
                  {t.closeLocation}
                </Button>
              </span>
            )}
          </div>
          <PlaceTerminals place={place} merchant={merchant} {...rest} />
        </li>
      ))}
    </ul>
  );
}

type PlaceHeadProps = { readonly place: Place; readonly merchant: Merchant | undefined };

function PlaceHead({ place: { name, city, country, zone, closedAt }, merchant }: PlaceHeadProps) {
  const t = useStrings(placesStrings);
  const { day } = useFormats();
  return (
    <header>
      <div className="headline">
        <h2>{name}</h2>
        {closedAt && <Badge>{t.closedOn(day(closedAt))}</Badge>}
      </div>
      <p className="soft">{[merchant?.name, city, country, zone].filter(Boolean).join(" · ")}</p>
    </header>
  );
}

type PlaceTerminalsProps = Omit<PlaceListProps, "places" | "withMerchant" | "onChange"> & {
  readonly place: Place;
  readonly merchant: Merchant;
};

function PlaceTerminals({ place, merchant, onOpen, mayChange, onMove }: PlaceTerminalsProps) {
  const t = useStrings(placesStrings);
  const { day } = useFormats();
  const stays = (place.terminals ?? []).map((each) => ({ ...each, place, merchant }));
  if (stays.length === 0) return <p className="soft">{t.noTerminals}</p>;
  const sorted = stays.sort((a, b) => Number(b.validTo === null) - Number(a.validTo === null));
  return (
    <ul className="places__stays">
      {sorted.map((stay) => {
        const { id, tid, application, validFrom, validTo } = stay;
        const isHere = currentStay({ tid: tid ?? "", merchant, stays: [stay] }) !== undefined;
        const from = validFrom ? day(validFrom) : "–";
        return (
          <li key={id} className="places__stay" data-past={!isHere}>
            <button type="button" className="places__tid" onClick={() => onOpen(tid ?? "")}>
              {tid}
            </button>
            <span className="soft">{application}</span>
            <span className="soft">{validTo === null ? t.since(from) : t.fromTo(from, day(validTo))}</span>
            {isHere && mayChange(merchant) && (
              <Button look="quiet" aria-label={t.moveIt(tid ?? "")} onClick={() => onMove(stay)}>
                {t.move}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
