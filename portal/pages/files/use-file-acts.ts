import { useMutation } from "urql";
import {
  ApplyFileDocument,
  DiscardFileDocument,
  type FileRowFragment,
  PreviewFileDocument,
  ReplayFileDocument,
} from "../../generated/pages/files/files.ts";
import { useActKey } from "../../graph/use-act-key.ts";

export type FileAct = "apply" | "discard" | "preview" | "replay";

/** What can be asked of a file at each point; the first is what one would do. */
export const FILE_ACTS: Readonly<Record<FileRowFragment["status"], readonly FileAct[]>> = {
  RECEIVED: [],
  PARSING: [],
  PREVIEWED: ["apply", "discard"],
  APPLIED: ["replay"],
  PARTIALLY_APPLIED: ["replay"],
  REJECTED: ["preview"],
  DISCARDED: ["preview"],
};

/** @returns why nothing was done, as a sentence; undefined where it was */
export function useFileActs({ id, status, finishedAt }: FileRowFragment) {
  const keyFor = useActKey();
  const [applying, apply] = useMutation(ApplyFileDocument);
  const [discarding, discard] = useMutation(DiscardFileDocument);
  const [previewing, preview] = useMutation(PreviewFileDocument);
  const [replaying, replay] = useMutation(ReplayFileDocument);
  const send = { apply, discard, preview, replay };
  const carryOut = async (act: FileAct): Promise<string | undefined> => {
    const input = { id, idempotencyKey: keyFor({ act, id, status, finishedAt }) };
    const { data, error } = await send[act]({ input });
    if (data?.outcome?.__typename === "SettlementFile") return undefined;
    return data?.outcome?.message ?? error?.graphQLErrors[0]?.message ?? "";
  };
  const fetching = [applying, discarding, previewing, replaying].some((each) => each.fetching);
  return { fetching, carryOut };
}
