import { Link } from "../../app/link.tsx";
import { methodName } from "../../domain/method-name.ts";
import { StatusMark } from "../../domain/status-mark.tsx";
import { useFormats } from "../../language/language.tsx";
import { Amount, Marks } from "./columns.tsx";
import type { Row } from "./use-transaction-list.ts";
import { useTransactionWords } from "./words.ts";

type TransactionCardProps = { readonly row: Row; readonly linkTo: (id: string) => string };

/** What a phone has room for. */
export function TransactionCard({ row, linkTo }: TransactionCardProps) {
  const t = useTransactionWords();
  const formats = useFormats();
  return (
    // biome-ignore lint/a11y/useSemanticElements: it stands in a table of roles
    <div role="cell" className="transactions__card">
      <Link href={linkTo(row.id)} className="transactions__link">
        {methodName(row.paymentMethod, t.domain.methods)}
      </Link>
      <Amount row={row} formats={formats} />
      <span className="transactions__card-place soft">
        {formats.dateTime(row.occurredAt)}
        {row.location?.name && ` · ${row.location.name}`}
      </span>
      <span className="transactions__card-marks">
        <Marks row={row} t={t} />
        <StatusMark status={row.status} isManual={row.statusOrigin === "MANUAL"} />
      </span>
    </div>
  );
}
