import { columnVisibilityFeature, createColumnHelper, tableFeatures } from "@tanstack/react-table";
import { Link } from "../../app/link.tsx";
import { Badge } from "../../design/badge.tsx";
import { methodName, providerName } from "../../domain/method-name.ts";
import { StatusMark } from "../../domain/status-mark.tsx";
import type { TransactionOrderField } from "../../generated/pages/transactions/transactions.ts";
import type { Formats } from "../../language/formats.ts";
import type { Row } from "./use-transaction-list.ts";
import type { TransactionWords } from "./words.ts";

export const FEATURES = tableFeatures({ columnVisibilityFeature });

/** In the order in which they stand; MyCCV's are those that are shown at first, with a few more. */
export const COLUMNS = [
  { id: "time", width: "126px", sort: "OCCURRED_AT" },
  { id: "location", width: "minmax(120px, 1.6fr)", sort: "LOCATION" },
  { id: "device", width: "104px" },
  { id: "paymentType", width: "104px" },
  { id: "method", width: "minmax(100px, 1fr)" },
  { id: "provider", width: "100px" },
  { id: "number", width: "minmax(76px, 0.9fr)" },
  { id: "reference", width: "minmax(110px, 1fr)" },
  { id: "code", width: "86px" },
  { id: "last4", width: "64px" },
  { id: "entry", width: "104px" },
  { id: "status", width: "minmax(112px, 0.9fr)", sort: "STATUS" },
  { id: "marks", width: "minmax(84px, 1.2fr)" },
  { id: "matching", width: "92px" },
  { id: "settled", width: "100px" },
  { id: "fees", width: "92px", isNumber: true },
  { id: "net", width: "104px", isNumber: true },
  { id: "amount", width: "92px", isNumber: true, sort: "AMOUNT" },
] as const satisfies readonly Column[];

export type ColumnId = (typeof COLUMNS)[number]["id"];

export type Column = {
  readonly id: string;
  readonly width: string;
  readonly isNumber?: true;
  readonly sort?: TransactionOrderField;
};

export const USUAL: readonly ColumnId[] = [
  "time",
  "location",
  "method",
  "number",
  "status",
  "marks",
  "matching",
  "amount",
];

export function isColumn(id: string): id is ColumnId {
  return COLUMNS.some((column) => column.id === id);
}

type Means = { readonly t: TransactionWords; readonly formats: Formats; readonly linkTo: (id: string) => string };

/** What each column shows of a row. */
export function columnsOf({ t, formats, linkTo }: Means) {
  const show: Readonly<Record<ColumnId, (row: Row) => React.ReactNode>> = {
    time: (row) => (
      <Link href={linkTo(row.id)} className="transactions__link">
        {formats.dateTime(row.occurredAt)}
      </Link>
    ),
    location: (row) => row.location?.name,
    device: (row) => row.terminal?.tid,
    paymentType: (row) => t.domain.paymentTypes[row.paymentType],
    method: (row) => methodName(row.paymentMethod, t.domain.methods),
    provider: (row) => providerName(row.provider),
    number: (row) => row.transactionNumber,
    reference: (row) => row.merchantReference,
    code: (row) => row.authorisationCode,
    last4: (row) => row.last4 && `·${row.last4}`,
    entry: (row) => t.domain.entryModes[row.entryMode],
    status: (row) => <StatusMark status={row.status} isManual={row.statusOrigin === "MANUAL"} />,
    marks: (row) => <Marks row={row} t={t} />,
    matching: (row) => row.reconciliationState && t.domain.reconciliationStates[row.reconciliationState],
    settled: (row) => row.settlementState && t.domain.settlementStates[row.settlementState],
    fees: (row) => row.fees && formats.money(row.fees),
    net: (row) => row.net && formats.money(row.net),
    amount: (row) => <Amount row={row} formats={formats} />,
  };
  const helper = createColumnHelper<typeof FEATURES, Row>();
  return helper.columns(
    COLUMNS.map(({ id }) =>
      helper.display({ id, header: () => t.columns[id], cell: ({ row }) => show[id](row.original) }),
    ),
  );
}

/** Money that goes to the shopper has a minus, whatever its row is called. */
export function Amount({ row, formats }: { readonly row: Row; readonly formats: Formats }) {
  const goesOut = row.type === "REFUND" || row.type === "CHARGEBACK" || row.type === "CREDIT";
  const { amountMinor, currency } = row.amount;
  const isVoid = row.status === "FAILED" || row.status === "REFUSED" || row.status === "CANCELLED";
  const signed = { currency, amountMinor: goesOut && amountMinor !== "0" ? `-${amountMinor}` : amountMinor };
  return <span className={isVoid ? "transactions__void" : "transactions__amount"}>{formats.money(signed)}</span>;
}

export function Marks({ row, t }: { readonly row: Row; readonly t: TransactionWords }) {
  return (
    <span className="transactions__marks">
      {row.type !== "SALE" && <Badge tone="plum">{t.domain.types[row.type]}</Badge>}
      {row.refundState !== "NONE" && <Badge tone="plum">{t.domain.refundStates[row.refundState]}</Badge>}
      {row.disputeState !== "NONE" && (
        <Badge tone={row.disputeState === "WON" ? "good" : "bad"}>{t.domain.disputeStates[row.disputeState]}</Badge>
      )}
    </span>
  );
}
