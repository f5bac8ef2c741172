import { useState } from "react";
import { useSearch } from "../../app/search-params.ts";
import { FileHistory } from "./file-history.tsx";
import { FilePanel } from "./file-panel.tsx";
import { FILES_SEARCH } from "./files-search.ts";
import { UploadArea } from "./upload-area.tsx";
import "./files.css";

/** What providers and banks sent: brought here, looked at before it is taken, and kept with all that became of it. */
export function Content() {
  const [{ file }] = useSearch(FILES_SEARCH);
  const [round, setRound] = useState(0);
  if (file !== undefined) return <FilePanel key={file} id={file} />;
  return (
    <div className="page">
      <UploadArea onTaken={() => setRound((last) => last + 1)} />
      <FileHistory round={round} />
    </div>
  );
}
