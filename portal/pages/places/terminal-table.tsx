import { useRowKeys } from "../../app/use-row-keys.ts";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import { currentStay, type Merchant, type Stay, type Terminal } from "./places.ts";
import { placesStrings } from "./places-strings.ts";

type TerminalTableProps = {
  readonly terminals: readonly Terminal[];
  readonly onOpen: (tid: string) => void;
  readonly mayChange: (merchant: Merchant) => boolean;
  readonly onMove: (stay: Stay) => void;
};

export function TerminalTable({ terminals, onOpen, mayChange, onMove }: TerminalTableProps) {
  const t = useStrings(placesStrings);
  const { day } = useFormats();
  const list = useRowKeys();
  return (
    <div className="panel" ref={list}>
      <table className="table records">
        <thead>
          <tr>
            <th scope="col">{t.terminal}</th>
            <th scope="col">{t.nowAt}</th>
            <th scope="col">{t.sinceWhen}</th>
            <th scope="col">{t.application}</th>
            <th scope="col">{t.places}</th>
            <th scope="col">
              <span className="visually-hidden">{t.acts}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {terminals.map((terminal) => {
            const { tid, merchant, stays } = terminal;
            const here = currentStay(terminal);
            return (
              <tr key={`${merchant.id} ${tid}`}>
                <td className="records__wide">
                  <button type="button" className="places__tid" data-row onClick={() => onOpen(tid)}>
                    {tid}
                  </button>
                </td>
                <td data-label={t.nowAt}>{here ? here.place.name : <Badge>{t.unused}</Badge>}</td>
                <td data-label={t.sinceWhen}>{here?.validFrom ? day(here.validFrom) : "–"}</td>
                <td data-label={t.application}>{stays[0]?.application ?? "–"}</td>
                <td data-label={t.places}>{t.countPlaces(new Set(stays.map(({ place }) => place.id)).size)}</td>
                <td className="number">
                  {here && mayChange(merchant) && (
                    <Button aria-label={t.moveIt(tid)} onClick={() => onMove(here)}>
                      {t.move}
                    </Button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
