import { useRowKeys } from "../../app/use-row-keys.ts";
import { Badge } from "../../design/badge.tsx";
import type { AuditEventsQuery } from "../../generated/pages/audit/audit.ts";
import { useViewer } from "../../graph/viewer.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import { auditStrings } from "./audit-strings.ts";

export type Entry = NonNullable<AuditEventsQuery["auditEvents"]>["edges"][number]["node"];

type AuditTableProps = {
  readonly rows: readonly Entry[];
  readonly isBusy: boolean;
  readonly onOpen: (id: string) => void;
};

export function AuditTable({ rows, isBusy, onOpen }: AuditTableProps) {
  const t = useStrings(auditStrings);
  const { dateTime } = useFormats();
  const list = useRowKeys();
  return (
    <div className="panel" ref={list} aria-busy={isBusy}>
      <table className="table records">
        <thead>
          <tr>
            <th scope="col">{t.what}</th>
            <th scope="col">{t.who}</th>
            <th scope="col">{t.object}</th>
            <th scope="col">{t.when}</th>
            <th scope="col">{t.outcome}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className="records__wide">
                <button type="button" className="audit__open" data-row onClick={() => onOpen(row.id)}>
                  {actionName(row.action, t.actions)}
                </button>
              </td>
              <td data-label={t.who}>
                <Who id={row.actorId} name={row.actorName} />
              </td>
              <td data-label={t.object} className="audit__object">
                {row.objectId}
              </td>
              <td data-label={t.when}>{dateTime(row.at)}</td>
              <td data-label={t.outcome}>
                <Badge tone={row.outcome === "DONE" ? "good" : "bad"}>{t.outcomes[row.outcome]}</Badge>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Whoever did it, by name where it is known. */
export function Who({ id, name }: { readonly id: string; readonly name: string | null }) {
  const t = useStrings(auditStrings);
  const viewer = useViewer();
  const known = id === viewer.id ? viewer.name : name;
  if (known !== null) return <span title={id}>{known}</span>;
  if (id.startsWith("system:")) return <span title={id}>{t.system}</span>;
  return id;
}

/** An act in the person's words; one that they have no words for as the graph calls it. */
export function actionName(action: string, names: Readonly<Record<string, string>>): string {
  return names[action] ?? action;
}
