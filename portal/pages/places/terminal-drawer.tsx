import { Link } from "../../app/link.tsx";
import { useShortcuts } from "../../app/shortcuts.tsx";
import { Badge } from "../../design/badge.tsx";
import { Drawer } from "../../design/drawer.tsx";
import { useMay } from "../../graph/viewer.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import { currentStay, type Terminal } from "./places.ts";
import { placesStrings } from "./places-strings.ts";

type TerminalDrawerProps = { readonly terminal: Terminal; readonly onClose: () => void };

/** Where a terminal was from when till when, the latest first. */
export function TerminalDrawer({ terminal, onClose }: TerminalDrawerProps) {
  const t = useStrings(placesStrings);
  const { day, time } = useFormats();
  const written = (instant: string) => `${day(instant)}, ${time(instant)}`;
  const maySeePayments = useMay("TRANSACTIONS", "VIEW");
  useShortcuts([{ key: "Escape", label: t.close, run: onClose }]);
  const here = currentStay(terminal);
  return (
    <Drawer title={`${t.terminal} ${terminal.tid}`} closing={t.close} onClose={onClose}>
      <section className="section">
        <h3>{t.history}</h3>
        <ol className="places__history">
          {terminal.stays.map((stay) => (
            <li key={stay.id} className="places__past" data-here={stay === here}>
              <p className="headline">
                <strong>{stay.place.name}</strong>
                {stay === here && <Badge tone="good">{t.now}</Badge>}
              </p>
              <p className="soft">{[stay.place.city, stay.application].filter(Boolean).join(" · ")}</p>
              <p>
                {stay.validFrom && written(stay.validFrom)} – {stay.validTo === null ? t.today : written(stay.validTo)}
              </p>
              {maySeePayments && (
                <Link href={`/transactions?location=${encodeURIComponent(stay.place.id)}`}>{t.payments}</Link>
              )}
            </li>
          ))}
        </ol>
      </section>
    </Drawer>
  );
}
