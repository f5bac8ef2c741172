import { useState } from "react";
import { MerchantField } from "../../accounts/merchant-field.tsx";
import { Button } from "../../design/button.tsx";
import { TextField } from "../../design/field.tsx";
import type { TransactionFilter } from "../../generated/pages/transactions/transactions.ts";
import { useViewer } from "../../graph/viewer.tsx";
import { orderOf, type Search } from "./transaction-search.ts";
import type { Kept, SavedView, ViewChange } from "./use-saved-views.ts";
import { useTransactionWords } from "./words.ts";

type SaveViewProps = {
  readonly search: Search;
  readonly filter: TransactionFilter;
  readonly views: readonly SavedView[];
  readonly onKeep: (kept: Kept) => Promise<string | undefined>;
  readonly onChange: (view: SavedView, next: ViewChange) => Promise<string | undefined>;
};

/** Keeps what is seen by a name; under one that the person has already, in its place. */
export function SaveView({ search, filter, views, onKeep, onChange }: SaveViewProps) {
  const t = useTransactionWords();
  const { merchants } = useViewer();
  const [name, setName] = useState("");
  const [merchantId, setMerchantId] = useState(merchants?.[0]?.id ?? "");
  const [isShared, setShared] = useState(false);
  const [problem, setProblem] = useState<string>();
  const save = async () => {
    const given = name.trim();
    if (given === "") return;
    const content = { filter, orderBy: orderOf(search), columns: search.columns };
    const isNamed = (view: SavedView) => view.name.toLowerCase() === given.toLowerCase();
    const before = views.find((view) => view.isOwn && view.merchantId === merchantId && isNamed(view));
    const wrong = await (before
      ? onChange(before, { ...content, name: given, isShared })
      : onKeep({ merchantId, name: given, isShared, ...content }));
    setProblem(wrong);
    if (wrong === undefined) setName("");
  };
  return (
    <form
      className="section"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextField
        label={t.views.name}
        value={name}
        maxLength={100}
        problem={problem}
        onChange={({ target: { value } }) => setName(value)}
      />
      <MerchantField merchants={merchants ?? []} merchantId={merchantId} onChange={setMerchantId} />
      <label className="check">
        <input type="checkbox" checked={isShared} onChange={({ target: { checked } }) => setShared(checked)} />
        {t.views.share}
      </label>
      <Button look="primary" type="submit" disabled={name.trim() === ""}>
        {t.views.save}
      </Button>
    </form>
  );
}
