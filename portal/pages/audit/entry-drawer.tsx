import { useShortcuts } from "../../app/shortcuts.tsx";
import { Badge } from "../../design/badge.tsx";
import { Drawer } from "../../design/drawer.tsx";
import { useViewer } from "../../graph/viewer.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import { auditStrings } from "./audit-strings.ts";
import { actionName, type Entry, Who } from "./audit-table.tsx";
import { detailsOf } from "./details.ts";

type EntryDrawerProps = { readonly entry: Entry; readonly onClose: () => void };

/** All that an entry tells: what was before and after, where the request came from, and its place in the chain. */
export function EntryDrawer({ entry, onClose }: EntryDrawerProps) {
  const t = useStrings(auditStrings);
  const { exactTime } = useFormats();
  const { merchants } = useViewer();
  useShortcuts([{ key: "Escape", label: t.close, run: onClose }]);
  const details = detailsOf(entry.detail);
  const changes = details.filter(({ before }) => before !== undefined);
  const plain = details.filter(({ before }) => before === undefined);
  const merchant = merchants?.find(({ id }) => id === entry.merchantId)?.name ?? entry.merchantId;
  return (
    <Drawer title={actionName(entry.action, t.actions)} closing={t.close} onClose={onClose}>
      <dl className="facts">
        <dt>{t.who}</dt>
        <dd>
          <Who id={entry.actorId} name={entry.actorName} />
        </dd>
        <dt>{t.object}</dt>
        <dd>{entry.objectId}</dd>
        <dt>{t.outcome}</dt>
        <dd>
          <Badge tone={entry.outcome === "DONE" ? "good" : "bad"}>{t.outcomes[entry.outcome]}</Badge>
        </dd>
        <dt>{t.when}</dt>
        <dd>{exactTime(entry.at)}</dd>
        <dt>{t.merchant}</dt>
        <dd>{merchant}</dd>
        {plain.map(({ name, value }) => (
          <PlainDetail key={name} name={name} value={value} />
        ))}
      </dl>
      {changes.length > 0 && (
        <section className="section">
          <h3>{t.changes}</h3>
          <table className="table audit__changes">
            <thead>
              <tr>
                <th scope="col">{t.field}</th>
                <th scope="col">{t.before}</th>
                <th scope="col">{t.after}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map(({ name, before, value }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td className="audit__before">{before}</td>
                  <td className="audit__after">{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <section className="section">
        <h3>{t.chain}</h3>
        <dl className="facts">
          <dt>{t.position}</dt>
          <dd>{entry.position}</dd>
          <dt>{t.hash}</dt>
          <dd>
            <code>{entry.hash}</code>
          </dd>
          <dt>{t.address}</dt>
          <dd>{entry.address ?? "–"}</dd>
          <dt>{t.request}</dt>
          <dd>
            <code>{entry.requestId ?? "–"}</code>
          </dd>
        </dl>
        <p className="soft">{t.chainHint}</p>
      </section>
    </Drawer>
  );
}

function PlainDetail({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
