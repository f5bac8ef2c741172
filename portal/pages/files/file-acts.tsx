import { Button } from "../../design/button.tsx";
import { ICONS } from "../../design/icon.tsx";
import { tell } from "../../design/toast.tsx";
import type { FileRowFragment } from "../../generated/pages/files/files.ts";
import { useMay } from "../../graph/viewer.tsx";
import { useStrings } from "../../language/language.tsx";
import { filesStrings } from "./files-strings.ts";
import { FILE_ACTS, type FileAct, useFileActs } from "./use-file-acts.ts";

type FileActsProps = { readonly file: FileRowFragment; readonly onDone: () => void };

/** What a person may do with the file as it stands; nothing for who only looks. */
export function FileActs({ file, onDone }: FileActsProps) {
  const t = useStrings(filesStrings);
  const may = useMay("SETTLEMENTS", "UPLOAD");
  const { fetching, carryOut } = useFileActs(file);
  const acts = may ? FILE_ACTS[file.status] : [];
  if (acts.length === 0) return null;
  const act = async (wanted: FileAct) => {
    const refused = await carryOut(wanted);
    tell(refused === undefined ? t.done[wanted] : refused || t.notDone, { isBad: refused !== undefined });
    onDone();
  };
  return (
    <div className="bar">
      {acts.map((each) => (
        <Button
          key={each}
          look={each === "apply" ? "primary" : "plain"}
          {...(each === "replay" || each === "preview" ? { icon: ICONS.again } : {})}
          title={t.actHints[each]}
          disabled={fetching}
          onClick={() => void act(each)}
        >
          {t.acts[each]}
        </Button>
      ))}
    </div>
  );
}
