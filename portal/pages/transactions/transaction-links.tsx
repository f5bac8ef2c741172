import { Link } from "../../app/link.tsx";
import type { TransactionLinkFragment } from "../../generated/pages/transactions/transaction-detail.ts";
import { useFormats } from "../../language/language.tsx";
import { useTransactionWords } from "./words.ts";

type LinksProps = {
  readonly title: string;
  readonly links: readonly TransactionLinkFragment[];
  readonly linkTo: (id: string) => string;
};

/** Other transactions that belong to one. Nothing where there are none. */
export function Links({ title, links, linkTo }: LinksProps) {
  const t = useTransactionWords();
  const { money, dateTime } = useFormats();
  if (links.length === 0) return null;
  return (
    <section className="section">
      <h3>{title}</h3>
      <ul className="transactions__links">
        {links.map(({ id, type, amount, occurredAt, status }) => (
          <li key={id}>
            <Link href={linkTo(id)}>
              {t.domain.types[type]} {dateTime(occurredAt)}
            </Link>
            <span className="soft">{t.domain.statuses[status]}</span>
            <span className="number">{money(amount)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
