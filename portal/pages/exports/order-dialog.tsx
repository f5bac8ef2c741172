import { useState } from "react";
import { useMutation } from "urql";
import { useSearch } from "../../app/search-params.ts";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { SelectField, TextField } from "../../design/field.tsx";
import { tell } from "../../design/toast.tsx";
import { CreateExportDocument, CreateJournalDocument } from "../../generated/pages/exports/exports.ts";
import { useActKey } from "../../graph/use-act-key.ts";
import { useMay } from "../../graph/viewer.tsx";
import { useSpeech, useStrings, useZone } from "../../language/language.tsx";
import { filterOf, orderOf, pastOf } from "../transactions/transaction-search.ts";
import { EXPORTS_SEARCH } from "./exports-search.ts";
import { exportsStrings } from "./exports-strings.ts";
import { FileChoices, type FileShape } from "./file-choices.tsx";
import { LOCALES, USUAL } from "./file-shape.ts";
import { FilterChoice } from "./filter-choice.tsx";

type OrderDialogProps = { readonly onClose: () => void; readonly onOrdered: () => void };

const CONTENTS = ["TRANSACTIONS", "JOURNAL"] as const;

/** Orders a file: of what a list shows, or of the bookings of payouts. */
export function OrderDialog({ onClose, onOrdered }: OrderDialogProps) {
  const t = useStrings(exportsStrings);
  const zone = useZone();
  const { language } = useSpeech();
  const keyFor = useActKey();
  const seesSettlements = useMay("SETTLEMENTS", "VIEW");
  const [search] = useSearch(EXPORTS_SEARCH);
  const [content, setContent] = useState<(typeof CONTENTS)[number]>("TRANSACTIONS");
  const [shape, setShape] = useState<FileShape>({
    format: "CSV",
    locale: LOCALES.find((each) => each === language.toUpperCase()) ?? "EN",
    columns: USUAL,
  });
  const [days, setDays] = useState({ from: "", to: "" });
  const [problem, setProblem] = useState<string>();
  const [exported, createExport] = useMutation(CreateExportDocument);
  const [booked, createJournal] = useMutation(CreateJournalDocument);
  const isJournal = content === "JOURNAL";
  const order = () => {
    const { format, locale, columns } = shape;
    const file = { format, locale, zone };
    if (isJournal) {
      const asked = { ...file, ...(days.from && { from: days.from }), ...(days.to && { to: days.to }) };
      return createJournal({ input: { ...asked, idempotencyKey: keyFor(asked) } });
    }
    const rows = { filter: filterOf(search, zone), order: orderOf(search), asOf: pastOf(search, zone) };
    const asked = { ...file, ...rows, columns: [...columns] };
    return createExport({ input: { ...asked, idempotencyKey: keyFor(asked) } });
  };
  const submit = async () => {
    if (!isJournal && shape.columns.length === 0) return setProblem(t.noColumns);
    const { data, error } = await order();
    const outcome = data?.outcome;
    if (outcome?.__typename === "Export") {
      tell(t.ordered);
      return onOrdered();
    }
    setProblem(outcome?.message ?? error?.graphQLErrors[0]?.message ?? t.notDone);
  };
  return (
    <Dialog title={t.newExport} closing={t.cancel} onClose={onClose}>
      <form
        className="section"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {seesSettlements && (
          <SelectField
            label={t.content}
            value={content}
            onChange={({ target: { value } }) => setContent(CONTENTS.find((each) => each === value) ?? "TRANSACTIONS")}
          >
            {CONTENTS.map((each) => (
              <option key={each} value={each}>
                {t.contents[each]}
              </option>
            ))}
          </SelectField>
        )}
        {isJournal ? (
          <div className="exports__pair">
            <TextField
              label={t.from}
              type="date"
              value={days.from}
              onChange={({ target: { value } }) => setDays({ ...days, from: value })}
            />
            <TextField
              label={t.to}
              type="date"
              value={days.to}
              onChange={({ target: { value } }) => setDays({ ...days, to: value })}
            />
          </div>
        ) : (
          <FilterChoice hasPeriod />
        )}
        <FileChoices shape={shape} onChange={setShape} hasColumns={!isJournal} />
        {problem && (
          <p className="field__problem" role="alert">
            {problem}
          </p>
        )}
        <div className="exports__bar">
          <Button look="primary" type="submit" disabled={exported.fetching || booked.fetching}>
            {t.order}
          </Button>
          <Button onClick={onClose}>{t.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}
