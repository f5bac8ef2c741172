import { useCallback, useEffect, useState } from "react";
import { type AnyVariables, type CombinedError, type DocumentInput, type OperationResult, useClient } from "urql";
import { readNow } from "../language/load-once.ts";

export type Asked<Data> = {
  /** The last answer, which stays while the next is on its way. */
  readonly data: Data | undefined;
  readonly error: CombinedError | undefined;
  readonly fetching: boolean;
  readonly reload: () => void;
};

type Ways<Data> = {
  /** Asks nothing. */
  readonly pause?: boolean;
  /** An answer that was asked for before there was anything to show it, in place of the first; made `readable`. */
  readonly first?: Promise<OperationResult<Data>> | undefined;
};

/** What the graph answers to a document, asked again when its variables change. */
export function useGraph<Data, Variables extends AnyVariables>(
  document: DocumentInput<Data, Variables>,
  variables: Variables,
  { pause = false, first }: Ways<Data> = {},
): Asked<Data> {
  const client = useClient();
  const [round, setRound] = useState(0);
  const known = first && readNow(first);
  const [answer, setAnswer] = useState<Omit<Asked<Data>, "reload">>(() =>
    known ? { data: known.data, error: known.error, fetching: false } : NOTHING,
  );
  const key = JSON.stringify(variables);
  const [firstKey] = useState(key);
  // biome-ignore lint/correctness/useExhaustiveDependencies: variables are compared by what is in them; a round asks again
  useEffect(() => {
    if (pause) return;
    const isFirst = first !== undefined && round === 0 && key === firstKey;
    if (isFirst && known) return;
    setAnswer((before) => ({ ...before, fetching: true }));
    let isOver = false;
    const take = ({ data, error }: Pick<OperationResult<Data>, "data" | "error">) => {
      if (isOver) return;
      setAnswer((before) => ({ data: data ?? (error ? undefined : before.data), error, fetching: false }));
    };
    const asked = isFirst ? undefined : client.query(document, variables).subscribe(take);
    if (!asked) void first?.then(take);
    return () => {
      isOver = true;
      asked?.unsubscribe();
    };
  }, [client, document, key, pause, round]);
  const reload = useCallback(() => setRound((last) => last + 1), []);
  return { ...answer, reload };
}

const NOTHING = { data: undefined, error: undefined, fetching: true };
