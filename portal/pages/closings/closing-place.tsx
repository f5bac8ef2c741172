import type { ClosingRowFragment } from "../../generated/pages/closings/closings.ts";
import { createFormats } from "../../language/formats.ts";
import { useSpeech, useStrings } from "../../language/language.tsx";
import { closingsStrings } from "./closings-strings.ts";

type Placed = Pick<ClosingRowFragment, "merchant" | "location" | "terminal">;

/** What of the merchant was closed. */
export function usePlaceName(): (closing: Placed) => string {
  const t = useStrings(closingsStrings);
  return ({ merchant, location, terminal }) => {
    const place = location?.name ?? location?.id;
    if (terminal) return [place, t.terminal(terminal.tid ?? terminal.id)].filter(Boolean).join(", ");
    return place ?? merchant.name ?? merchant.id;
  };
}

/** When it begins and ends, by the clock of its place: a day is one, whatever zone the reader is in. */
export function useSpanText(): (closing: Pick<ClosingRowFragment, "kind" | "from" | "to" | "zone">) => string {
  const { language } = useSpeech();
  return ({ kind, from, to, zone }) => {
    const { day, time } = createFormats(language, zone);
    if (kind === "DAY") return day(from);
    const isOneDay = day(from) === day(to);
    return `${day(from)} ${time(from)} – ${isOneDay ? "" : `${day(to)} `}${time(to)}`;
  };
}
