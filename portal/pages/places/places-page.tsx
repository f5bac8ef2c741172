import { useState } from "react";
import { oneOf, text, useSearch } from "../../app/search-params.ts";
import { Unanswered } from "../../app/unanswered.tsx";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { TextField } from "../../design/field.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Spinner } from "../../design/progress.tsx";
import { PlacesDocument } from "../../generated/pages/places/places.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useMerchantsWith } from "../../graph/viewer.tsx";
import { useStrings } from "../../language/language.tsx";
import { CloseLocationDialog } from "./close-location-dialog.tsx";
import { LinkTerminalDialog } from "./link-terminal-dialog.tsx";
import { LocationDialog } from "./location-dialog.tsx";
import { MoveTerminalDialog } from "./move-terminal-dialog.tsx";
import { type AskedPlace, PlaceList } from "./place-list.tsx";
import { finds, type Merchant, type Stay, terminalsOf } from "./places.ts";
import { placesStrings } from "./places-strings.ts";
import { TerminalDrawer } from "./terminal-drawer.tsx";
import { TerminalTable } from "./terminal-table.tsx";
import "./places.css";

const PLACES_SEARCH = { view: oneOf(["terminals"]), q: text, terminal: text };

/** Where money is taken, and which terminal was where from when till when. */
export function Content() {
  const t = useStrings(placesStrings);
  const [search, change] = useSearch(PLACES_SEARCH);
  const { data, error, fetching, reload } = useGraph(PlacesDocument, {});
  if (!data?.merchants) {
    return fetching ? <Spinner label={t.loading} /> : <Unanswered error={error} onAgain={reload} />;
  }
  const merchants = data.merchants.edges.map(({ node }) => node);
  return (
    <div className="page">
      <fieldset className="bar" aria-label={t.views}>
        <Button aria-pressed={search.view === undefined} onClick={() => change({ view: undefined })}>
          {t.locations}
        </Button>
        <Button aria-pressed={search.view === "terminals"} onClick={() => change({ view: "terminals" })}>
          {t.terminals}
        </Button>
      </fieldset>
      <Found merchants={merchants} onChanged={reload} />
    </div>
  );
}

type Asking = "link" | "add" | { readonly move: Stay } | AskedPlace;

type FoundProps = { readonly merchants: readonly Merchant[]; readonly onChanged: () => void };

function Found({ merchants, onChanged }: FoundProps) {
  const t = useStrings(placesStrings);
  const [search, change] = useSearch(PLACES_SEARCH);
  const managed = useMerchantsWith("USERS", "MANAGE");
  const [asking, setAsking] = useState<Asking>();
  const q = search.q ?? "";
  const terminals = terminalsOf(merchants);
  const shown = terminals.filter(({ tid, stays }) =>
    finds(q, [tid, ...stays.flatMap(({ application, place }) => [application, place.name, place.city])]),
  );
  const places = merchants.flatMap((merchant) =>
    (merchant.locations ?? [])
      .filter(({ name, city, country, terminals: own }) =>
        finds(q, [name, city, country, merchant.name, ...(own ?? []).map(({ tid }) => tid)]),
      )
      .map((place) => ({ merchant, place })),
  );
  const opened = terminals.find(({ tid }) => tid === search.terminal);
  const mayChange = (merchant: Merchant) => managed.some(({ id }) => id === merchant.id);
  const own = merchants.filter(mayChange);
  const done = () => {
    setAsking(undefined);
    onChanged();
  };
  const common = {
    onOpen: (tid: string) => change({ terminal: tid }),
    mayChange,
    onMove: (move: Stay) => setAsking({ move }),
  };
  const count = search.view === "terminals" ? shown.length : places.length;
  return (
    <>
      <div className="bar bar--ends">
        <div className="filters places__search">
          <TextField
            label={t.search}
            type="search"
            placeholder={t.searchHint}
            value={q}
            onChange={({ target: { value } }) => change({ q: value }, { replace: true })}
          />
        </div>
        {own.length > 0 && (
          <div className="bar">
            <Button icon={ICONS.plus} onClick={() => setAsking("add")}>
              {t.addLocation}
            </Button>
            <Button look="primary" icon={ICONS.plus} onClick={() => setAsking("link")}>
              {t.link}
            </Button>
          </div>
        )}
      </div>
      {count === 0 && (
        <EmptyState icon={ICONS.search} title={t.none}>
          <p>{t.noneAdvice}</p>
        </EmptyState>
      )}
      {search.view === "terminals" ? (
        shown.length > 0 && <TerminalTable terminals={shown} {...common} />
      ) : (
        <PlaceList places={places} withMerchant={merchants.length > 1} onChange={setAsking} {...common} />
      )}
      {opened && <TerminalDrawer terminal={opened} onClose={() => change({ terminal: undefined })} />}
      {asking && <Asked asking={asking} merchants={own} onClose={() => setAsking(undefined)} onDone={done} />}
    </>
  );
}

type AskedProps = {
  readonly asking: Asking;
  readonly merchants: readonly Merchant[];
  readonly onClose: () => void;
  readonly onDone: () => void;
};

function Asked({ asking, merchants, ...rest }: AskedProps) {
  if (asking === "link") return <LinkTerminalDialog merchants={merchants} {...rest} />;
  if (asking === "add") return <LocationDialog merchants={merchants} place={undefined} {...rest} />;
  if ("move" in asking) return <MoveTerminalDialog stay={asking.move} {...rest} />;
  const { merchant, place, act } = asking;
  if (act === "close") return <CloseLocationDialog merchant={merchant} place={place} {...rest} />;
  return <LocationDialog merchants={[merchant]} place={place} {...rest} />;
}
