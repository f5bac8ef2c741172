import { useState } from "react";
import {
  type FileFullFragment,
  FileProgressDocument,
  type FileRowFragment,
  SettlementFileDocument,
} from "../../generated/pages/files/files.ts";
import { useLive } from "../../graph/live.ts";
import { type Asked, useGraph } from "../../graph/use-graph.ts";

type Followed = Pick<Asked<unknown>, "error" | "fetching" | "reload"> & {
  /** As it is now; null if there is none that the person may see. */
  readonly file: FileFullFragment | null | undefined;
};

/** One file, followed while it is read. Without an id nothing is asked. */
export function useFile(id: string | undefined): Followed {
  const asked = useGraph(SettlementFileDocument, { id: id ?? "" }, { pause: id === undefined });
  const [live, setLive] = useState<FileRowFragment>();
  const file = asked.data?.settlementFile;
  const isFollowed = file !== undefined && file !== null && isUnderWay(file);
  const reload = () => {
    setLive(undefined);
    asked.reload();
  };
  useLive(
    FileProgressDocument,
    { id: id ?? "" },
    ({ settlementFileProgress: next }) => {
      if (!next) return;
      if (isUnderWay(next)) setLive(next);
      else reload();
    },
    { pause: !isFollowed },
  );
  return { ...asked, file: isFollowed && live ? { ...file, ...live } : file, reload };
}

export function isUnderWay({ status }: Pick<FileRowFragment, "status">): boolean {
  return status === "RECEIVED" || status === "PARSING";
}
