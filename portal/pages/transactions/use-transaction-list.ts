import { useCallback, useEffect, useRef, useState } from "react";
import { type CombinedError, useClient } from "urql";
import {
  TransactionChangesDocument,
  type TransactionChangesSubscription,
  type TransactionFilter,
  type TransactionOrder,
  TransactionPageDocument,
  type TransactionRowFragment,
} from "../../generated/pages/transactions/transactions.ts";
import { useLive } from "../../graph/live.ts";

export type Row = TransactionRowFragment;

type List = {
  readonly rows: readonly Row[];
  readonly after: string | null;
  readonly hasMore: boolean;
  readonly error: CombinedError | undefined;
  readonly fetching: boolean;
};

const EMPTY: List = { rows: [], after: null, hasMore: true, error: undefined, fetching: true };

export type TransactionList = List & {
  readonly more: () => void;
  /** New rows that are not shown yet, because the list is paused or the person is elsewhere in it. */
  readonly waiting: number;
  readonly reload: () => void;
};

type Options = {
  /** The moment whose list it is; null for now, which alone goes on. */
  readonly asOf: string | null;
  /** Keeps new rows back. */
  readonly isPaused: boolean;
  /** Whether the list shows its beginning, and new rows belong there. */
  readonly isAtTop: () => boolean;
};

/** The list, page after page by cursor, with what changes while it is looked at. */
export function useTransactionList(
  filter: TransactionFilter,
  orderBy: TransactionOrder,
  options: Options,
): TransactionList {
  const client = useClient();
  const [list, setList] = useState(EMPTY);
  const [waiting, setWaiting] = useState(0);
  const [round, setRound] = useState(0);
  const stop = useRef<() => void>(() => undefined);
  const { asOf } = options;
  const key = JSON.stringify([filter, orderBy, asOf]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the filter is compared by what is in it
  const fetchPage = useCallback(
    (after: string | null) => {
      stop.current();
      const { unsubscribe } = client
        .query(TransactionPageDocument, { filter, orderBy, after, asOf })
        .subscribe(({ data, error }) => {
          setList((before) => {
            const page = data?.transactions;
            if (!page) return { ...before, error, hasMore: false, fetching: false };
            const next = page.edges.map(({ node }) => node);
            return {
              rows: after === null ? next : [...before.rows, ...next],
              after: page.pageInfo.endCursor,
              hasMore: page.pageInfo.hasNextPage,
              error,
              fetching: false,
            };
          });
        });
      stop.current = unsubscribe;
    },
    [client, key],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round asks for all of it again
  useEffect(() => {
    setList((before) => ({ ...before, fetching: true }));
    setWaiting(0);
    fetchPage(null);
    return () => stop.current();
  }, [fetchPage, round]);

  const reload = useCallback(() => setRound((last) => last + 1), []);
  const more = () => {
    if (list.fetching || !list.hasMore) return;
    setList((before) => ({ ...before, fetching: true }));
    fetchPage(list.after);
  };

  const follow = ({ transactionChanged: changed }: TransactionChangesSubscription) => {
    // So much has changed that the list has to be asked for again.
    if (!changed) return options.isPaused || !options.isAtTop() ? setWaiting((count) => count + 1) : reload();
    const isKnown = list.rows.some(({ id }) => id === changed.id);
    if (isKnown) {
      setList((before) => ({ ...before, rows: before.rows.map((row) => (row.id === changed.id ? changed : row)) }));
    } else if (isNewest(changed, list.rows[0], orderBy)) {
      if (options.isPaused || !options.isAtTop()) setWaiting((count) => count + 1);
      else setList((before) => ({ ...before, rows: [changed, ...before.rows] }));
    }
  };
  useLive(TransactionChangesDocument, { filter }, follow, { pause: asOf !== null });
  return { ...list, more, waiting, reload };
}

/** Only what would stand first can be put there without asking where it belongs. */
function isNewest(row: Row, first: Row | undefined, { field, direction }: TransactionOrder): boolean {
  if (field !== "OCCURRED_AT" || direction !== "DESC") return false;
  return first === undefined || row.occurredAt >= first.occurredAt;
}
