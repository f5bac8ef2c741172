import { ICONS, Icon } from "../design/icon.tsx";
import { useMissingParts } from "../graph/missing-parts.ts";
import { useFormats, useStrings } from "../language/language.tsx";
import { shellStrings } from "./shell-strings.ts";

/** Says which parts of the graph are not answering, so that an empty column is not taken for nothing. */
export function MissingBanner() {
  const t = useStrings(shellStrings);
  const { list } = useFormats();
  const missing = useMissingParts();
  if (missing.length === 0) return null;
  const names: Readonly<Record<string, string>> = t.services;
  return (
    <p className="banner banner--warn" role="status">
      <Icon path={ICONS.plug} />
      {t.missing(list(missing.map((service) => names[service] ?? service)), missing.length)}
    </p>
  );
}
