import { useCallback, useEffect, useState } from "react";
import { type AnyVariables, type CombinedError, type DocumentInput, useClient } from "urql";

export type Asked<Data> = {
  /** The last answer, which stays while the next is on its way. */
  readonly data: Data | undefined;
  readonly error: CombinedError | undefined;
  readonly fetching: boolean;
  readonly reload: () => void;
};

/** What the graph answers to a document, asked again when its variables change. `pause` asks nothing. */
export function useGraph<Data, Variables extends AnyVariables>(
  document: DocumentInput<Data, Variables>,
  variables: Variables,
  { pause = false }: { readonly pause?: boolean } = {},
): Asked<Data> {
  const client = useClient();
  const [round, setRound] = useState(0);
  const [answer, setAnswer] = useState<Omit<Asked<Data>, "reload">>(NOTHING);
  const key = JSON.stringify(variables);
  // biome-ignore lint/correctness/useExhaustiveDependencies: variables are compared by what is in them; a round asks again
  useEffect(() => {
    if (pause) return;
    setAnswer((before) => ({ ...before, fetching: true }));
    const { unsubscribe } = client.query(document, variables).subscribe(({ data, error }) => {
      setAnswer((before) => ({ data: data ?? (error ? undefined : before.data), error, fetching: false }));
    });
    return unsubscribe;
  }, [client, document, key, pause, round]);
  const reload = useCallback(() => setRound((last) => last + 1), []);
  return { ...answer, reload };
}

const NOTHING = { data: undefined, error: undefined, fetching: true };
