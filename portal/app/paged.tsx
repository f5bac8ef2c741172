import type { ReactNode } from "react";
import { Button } from "../design/button.tsx";
import { Spinner } from "../design/progress.tsx";
import type { Pages } from "../graph/use-pages.ts";
import { useStrings } from "../language/language.tsx";
import { shellStrings } from "./shell-strings.ts";
import { Unanswered } from "./unanswered.tsx";

type PagedProps<Row> = {
  readonly pages: Pages<Row>;
  /** In the place of rows where there are none; a list without it is shown empty. */
  readonly empty?: ReactNode;
  readonly children: (rows: readonly Row[]) => ReactNode;
};

/** Rows that come page by page, or what is to be said until there are any. */
export function Paged<Row>({ pages, empty, children }: PagedProps<Row>) {
  const t = useStrings(shellStrings);
  const { rows, error, fetching, hasMore, more, reload } = pages;
  if (!rows) return fetching ? <Spinner label={t.loading} /> : <Unanswered error={error} onAgain={reload} />;
  return (
    <>
      {rows.length === 0 && empty !== undefined ? empty : children(rows)}
      {hasMore && (
        <Button className="more" onClick={more} disabled={fetching}>
          {t.showMore}
        </Button>
      )}
    </>
  );
}
