import { useMemo } from "react";
import { Paged } from "../../app/paged.tsx";
import { useSearch } from "../../app/search-params.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS } from "../../design/icon.tsx";
import { AuditEventsDocument } from "../../generated/pages/audit/audit.ts";
import { usePages } from "../../graph/use-pages.ts";
import { useStrings, useZone } from "../../language/language.tsx";
import { instantOf } from "../../language/zoned-time.ts";
import { AuditFilters } from "./audit-filters.tsx";
import { AUDIT_SEARCH } from "./audit-search.ts";
import { auditStrings } from "./audit-strings.ts";
import { AuditTable } from "./audit-table.tsx";
import { EntryDrawer } from "./entry-drawer.tsx";
import { SupportAccess } from "./support-access.tsx";
import "./audit.css";

const DAY_MS = 86_400_000;

/** Who did what to what, or was not let do it; and who of the platform's people may look. */
export function Content() {
  const t = useStrings(auditStrings);
  const zone = useZone();
  const [search, change] = useSearch(AUDIT_SEARCH);
  const { who, action, object, outcome, from, to } = search;
  const filter = useMemo(
    () => ({
      ...(who && { actorId: who }),
      ...(action && { actions: [action] }),
      ...(object && { objectId: object }),
      ...(outcome && { outcome }),
      ...(from && { from: instantOf(from, zone).toISOString() }),
      ...(to && { to: instantOf(dayAfter(to), zone).toISOString() }),
    }),
    [who, action, object, outcome, from, to, zone],
  );
  const pages = usePages(AuditEventsDocument, { filter }, ({ auditEvents }) => auditEvents);
  const opened = pages.rows?.find(({ id }) => id === search.open);
  return (
    <div className="page">
      <SupportAccess />
      <AuditFilters />
      <Paged
        pages={pages}
        empty={
          <EmptyState icon={ICONS.search} title={t.none}>
            <p>{t.noneAdvice}</p>
          </EmptyState>
        }
      >
        {(rows) => <AuditTable rows={rows} isBusy={pages.fetching} onOpen={(id) => change({ open: id })} />}
      </Paged>
      {opened && <EntryDrawer entry={opened} onClose={() => change({ open: undefined })} />}
    </div>
  );
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}
