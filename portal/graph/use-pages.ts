import { useEffect, useRef, useState } from "react";
import { type CombinedError, type TypedDocumentNode, useClient } from "urql";

type Connection<Node> = {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
};

export type Pages<Node> = {
  /** What came so far; undefined until something did. */
  readonly rows: readonly Node[] | undefined;
  readonly error: CombinedError | undefined;
  readonly fetching: boolean;
  readonly hasMore: boolean;
  readonly more: () => void;
  readonly reload: () => void;
};

type Answer<Node> = Omit<Pages<Node>, "more" | "reload"> & { readonly after: string | null };

/** A list that grows page by page, from its beginning whenever what is asked for changes. */
export function usePages<Data, Variables extends object, Node>(
  document: TypedDocumentNode<Data, Variables & { readonly after?: string | null | undefined }>,
  variables: Variables,
  connectionOf: (data: Data) => Connection<Node> | null | undefined,
): Pages<Node> {
  const client = useClient();
  const [answer, setAnswer] = useState<Answer<Node>>(NOTHING);
  const [round, setRound] = useState(0);
  const stop = useRef(() => {});
  const key = JSON.stringify(variables);
  const ask = (before: readonly Node[], after: string | null) => {
    stop.current();
    setAnswer((last) => ({ ...last, fetching: true }));
    const { unsubscribe } = client.query(document, { ...variables, after }).subscribe(({ data, error }) => {
      const connection = data ? connectionOf(data) : undefined;
      if (!connection) {
        setAnswer((last) => ({ ...last, rows: after === null ? undefined : last.rows, error, fetching: false }));
        return;
      }
      setAnswer({
        rows: [...before, ...connection.edges.map(({ node }) => node)],
        error,
        fetching: false,
        hasMore: connection.pageInfo.hasNextPage,
        after: connection.pageInfo.endCursor,
      });
    });
    stop.current = unsubscribe;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: variables are compared by what is in them; a round asks again
  useEffect(() => {
    ask([], null);
    return () => stop.current();
  }, [client, document, key, round]);
  const { after, ...shown } = answer;
  return {
    ...shown,
    more: () => !answer.fetching && after !== null && ask(answer.rows ?? [], after),
    reload: () => setRound((last) => last + 1),
  };
}

const NOTHING = { rows: undefined, error: undefined, fetching: true, hasMore: false, after: null };
