import { Button, IconButton } from "../../design/button.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Popover } from "../../design/popover.tsx";
import { tell } from "../../design/toast.tsx";
import type { TransactionFilter } from "../../generated/pages/transactions/transactions.ts";
import { useZone } from "../../language/language.tsx";
import { SaveView } from "./save-view.tsx";
import { type Search, SORTS, searchOf } from "./transaction-search.ts";
import { type SavedView, useSavedViews } from "./use-saved-views.ts";
import { useTransactionWords } from "./words.ts";

type SavedViewsProps = {
  readonly search: Search;
  readonly filter: TransactionFilter;
  readonly onChange: (next: Partial<Search>) => void;
};

/** Filters, order and columns by name: one's own, and those that others share. */
export function SavedViews(props: SavedViewsProps) {
  const t = useTransactionWords();
  return (
    <Popover label={t.views.title} icon={ICONS.bookmark}>
      {(close) => <Views {...props} close={close} />}
    </Popover>
  );
}

/** Asked for when they are looked at. */
function Views({ search, filter, onChange, close }: SavedViewsProps & { readonly close: () => void }) {
  const t = useTransactionWords();
  const zone = useZone();
  const { views, keep, change, remove } = useSavedViews();
  const choose = (view: SavedView) => {
    const found = view.problem === null ? searchOf(JSON.parse(view.filter), zone) : undefined;
    if (!found) return tell(t.views.unusable(view.name), { isBad: true });
    onChange({
      ...found,
      sort: SORTS.find((each) => each === view.order?.field),
      dir: view.order?.direction === "ASC" ? "ASC" : undefined,
      columns: view.columns,
      at: search.at,
    });
    close();
  };
  const groups = [
    { name: t.views.own, members: views.filter(({ isOwn }) => isOwn) },
    { name: t.views.shared, members: views.filter(({ isOwn }) => !isOwn) },
  ];
  return (
    <div className="transactions__views">
      {views.length === 0 && <p className="soft">{t.views.none}</p>}
      {groups.map(
        ({ name, members }) =>
          members.length > 0 && (
            <section key={name} aria-label={name}>
              <h3>{name}</h3>
              <ul>
                {members.map((view) => (
                  <li key={view.id}>
                    <Button look="quiet" onClick={() => choose(view)}>
                      {view.name}
                      {!view.isOwn && <span className="soft">{t.views.by(view.ownerName)}</span>}
                    </Button>
                    {view.isOwn && (
                      <>
                        <IconButton
                          icon={view.isShared ? ICONS.person : ICONS.up}
                          label={view.isShared ? t.views.doKeep(view.name) : t.views.doShare(view.name)}
                          onClick={() => void change(view, { isShared: !view.isShared })}
                        />
                        <IconButton
                          icon={ICONS.close}
                          label={t.views.remove(view.name)}
                          onClick={() => void remove(view)}
                        />
                      </>
                    )}
                  </li>
                ))}
              </ul>
            </section>
          ),
      )}
      <SaveView search={search} filter={filter} views={views} onKeep={keep} onChange={change} />
    </div>
  );
}
