import { useMutation } from "urql";
import { tell } from "../../design/toast.tsx";
import {
  ChangeSavedViewDocument,
  type ChangeSavedViewInput,
  CreateSavedViewDocument,
  type CreateSavedViewInput,
  RemoveSavedViewDocument,
  SavedViewsDocument,
  type SavedViewsQuery,
} from "../../generated/pages/transactions/saved-views.ts";
import { newIdempotencyKey } from "../../graph/idempotency-key.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useTransactionWords } from "./words.ts";

export type SavedView = NonNullable<SavedViewsQuery["savedViews"]>[number];
export type Kept = Omit<CreateSavedViewInput, "idempotencyKey">;
export type ViewChange = Omit<ChangeSavedViewInput, "idempotencyKey" | "viewId" | "expectedVersion">;

/** A person's views and what they do with them; each answers what went wrong, or undefined. */
export function useSavedViews() {
  const t = useTransactionWords();
  const { data, reload } = useGraph(SavedViewsDocument, {});
  const [, create] = useMutation(CreateSavedViewDocument);
  const [, update] = useMutation(ChangeSavedViewDocument);
  const [, erase] = useMutation(RemoveSavedViewDocument);

  const answered = (
    { data, error }: Awaited<ReturnType<typeof create | typeof update | typeof erase>>,
    done: string,
  ): string | undefined => {
    const outcome = data?.outcome;
    reload();
    if (outcome?.__typename === "SavedView") {
      tell(done);
      return undefined;
    }
    return outcome?.message ?? error?.graphQLErrors[0]?.message ?? t.views.failed;
  };
  /** Of an act without a field to write the problem beside. */
  const told = (problem: string | undefined) => problem !== undefined && tell(problem, { isBad: true });
  const idempotencyKey = () => newIdempotencyKey();
  const named = ({ id, version }: SavedView) => ({ viewId: id, expectedVersion: version });

  return {
    views: data?.savedViews ?? [],
    keep: async (kept: Kept) =>
      answered(await create({ input: { ...kept, idempotencyKey: idempotencyKey() } }), t.views.saved),
    change: async (view: SavedView, next: ViewChange) => {
      const input = { ...named(view), ...next, idempotencyKey: idempotencyKey() };
      const problem = answered(await update({ input }), t.views.saved);
      if (next.filter === undefined) told(problem);
      return problem;
    },
    remove: async (view: SavedView) => {
      const input = { ...named(view), idempotencyKey: idempotencyKey() };
      told(answered(await erase({ input }), t.views.removed));
    },
  };
}
