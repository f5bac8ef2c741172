import { saveFile } from "../design/save-file.ts";
import { endSession, useSession } from "../session/session.ts";

/** Fetches a file of the gateway as the person, and puts it among their downloads. Throws where there is none to have. */
export function useDownload(): (path: string, name: string) => Promise<void> {
  const { session } = useSession();
  return async (path, name) => {
    const response = await fetch(path, { headers: { authorization: `Bearer ${session?.token}` } });
    if (response.status === 401) endSession("expired");
    if (!response.ok) throw new Error(`${path} answers with ${response.status}`);
    saveFile(await response.blob(), name);
  };
}
