import { type DragEvent, useEffect, useRef, useState } from "react";
import { MerchantField } from "../../accounts/merchant-field.tsx";
import { Button } from "../../design/button.tsx";
import { ICONS, Icon } from "../../design/icon.tsx";
import { useMerchantsWith } from "../../graph/viewer.tsx";
import { useStrings } from "../../language/language.tsx";
import { useSession } from "../../session/session.ts";
import { filesStrings } from "./files-strings.ts";
import { UploadCard } from "./upload-card.tsx";
import { sendFiles, useUploads } from "./uploads.ts";

/** Where files are dropped or chosen, and what became of those. Absent for who may not bring any. */
export function UploadArea({ onTaken }: { readonly onTaken: () => void }) {
  const t = useStrings(filesStrings);
  const merchants = useMerchantsWith("SETTLEMENTS", "UPLOAD");
  const { session } = useSession();
  const token = session?.token ?? "";
  const uploads = useUploads(token);
  const [chosen, setChosen] = useState<string>();
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useStrayDrops();
  const merchantId = chosen ?? merchants[0]?.id;
  if (merchantId === undefined) return null;
  const send = (files: FileList | null) => files && sendFiles([...files], { token, merchantId });
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    send(event.dataTransfer.files);
  };
  return (
    <section className="section" aria-label={t.upload}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is the pointer's way of what the button does */}
      <div
        className="files__drop"
        data-over={isOver}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={dropped}
      >
        <Icon path={ICONS.upload} />
        <div className="files__invitation">
          <strong>{t.dropHere}</strong>
          <span className="soft">{t.dropHint}</span>
        </div>
        <MerchantField merchants={merchants} merchantId={merchantId} onChange={setChosen} />
        <Button look="primary" onClick={() => input.current?.click()}>
          {t.choose}
        </Button>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-label={t.choose}
          onChange={({ target }) => {
            send(target.files);
            // The same file chosen again is a change again.
            target.value = "";
          }}
        />
      </div>
      {uploads.map((upload) => (
        <UploadCard key={upload.key} upload={upload} onTaken={onTaken} />
      ))}
    </section>
  );
}

/** A file that is dropped beside the area must not take the place of the portal. */
function useStrayDrops(): void {
  useEffect(() => {
    const stop = (event: Event) => event.preventDefault();
    window.addEventListener("dragover", stop);
    window.addEventListener("drop", stop);
    return () => {
      window.removeEventListener("dragover", stop);
      window.removeEventListener("drop", stop);
    };
  }, []);
}
