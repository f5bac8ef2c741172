import { Badge, type Tone } from "../../design/badge.tsx";
import type { FileRowFragment } from "../../generated/pages/files/files.ts";
import { useStrings } from "../../language/language.tsx";
import { filesStrings } from "./files-strings.ts";

const TONES: Readonly<Record<FileRowFragment["status"], Tone>> = {
  RECEIVED: "info",
  PARSING: "info",
  PREVIEWED: "plum",
  APPLIED: "good",
  PARTIALLY_APPLIED: "warn",
  REJECTED: "bad",
  DISCARDED: "plain",
};

/** How far a file is, and what of it a person should look at. */
export function FileStatus({ file: { status, attention } }: { readonly file: FileRowFragment }) {
  const t = useStrings(filesStrings);
  // That it was refused, or that rows wait, its status says already.
  const more = attention.filter((each) => each !== "REJECTED" && each !== "QUARANTINE");
  return (
    <span className="files__states">
      <Badge tone={TONES[status]}>{t.statuses[status]}</Badge>
      {more.map((each) => (
        <Badge key={each} tone={each === "WRONG_SENDER" ? "bad" : "warn"}>
          {t.attention[each]}
        </Badge>
      ))}
    </span>
  );
}
