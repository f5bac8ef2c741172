import { Badge } from "../../design/badge.tsx";
import { ICONS, Icon } from "../../design/icon.tsx";
import { SupportAccessDocument } from "../../generated/pages/audit/audit.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { auditStrings } from "./audit-strings.ts";

/** Who of the platform's people may look now, and who could before. */
export function SupportAccess() {
  const t = useStrings(auditStrings);
  const { moment } = useFormats();
  const { data } = useGraph(SupportAccessDocument, {});
  const merchants = data?.merchants?.edges.map(({ node }) => node) ?? [];
  const granted = merchants.flatMap(({ name, supportAccess }) =>
    (supportAccess ?? []).map((each) => ({ ...each, merchant: merchants.length > 1 ? name : null })),
  );
  if (granted.length === 0) return null;
  const now = granted.filter(({ isInForce }) => isInForce);
  return (
    <details className="panel audit__support" data-now={now.length > 0} open={now.length > 0}>
      <summary>
        <Icon path={ICONS.key} />
        <strong>{now.length > 0 ? t.supportNow(now.length) : t.supportBefore(granted.length)}</strong>
      </summary>
      <ul>
        {granted.map((each) => (
          <li key={each.id} className="audit__grant">
            <span className="headline">
              <strong>{each.userId}</strong>
              <Badge tone={each.isInForce ? "warn" : "plain"}>{each.isInForce ? t.maySee : t.over}</Badge>
            </span>
            <span>“{each.reason}”</span>
            <span className="soft">
              {[each.merchant, t.grantedBy(each.grantedBy), `${moment(each.grantedAt)} – ${moment(each.until)}`]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </li>
        ))}
      </ul>
      <p className="soft">{t.supportHint}</p>
    </details>
  );
}
