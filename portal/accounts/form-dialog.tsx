import { type ReactNode, useState } from "react";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { ICONS, Icon } from "../design/icon.tsx";
import { useStrings } from "../language/language.tsx";
import { accountsStrings } from "./accounts-strings.ts";

type FormDialogProps = {
  readonly title: string;
  /** What the button that carries it out is called; "Save" unless told. */
  readonly action?: string;
  readonly look?: "primary" | "danger";
  readonly isBusy: boolean;
  readonly onClose: () => void;
  /** @returns in the person's words why nothing was done; undefined where it was */
  readonly onSave: () => Promise<string | undefined>;
  readonly children: ReactNode;
};

/** A question with fields. It stays, with the reason, where what was asked for was refused. */
export function FormDialog({ title, action, look = "primary", isBusy, onClose, onSave, children }: FormDialogProps) {
  const t = useStrings(accountsStrings);
  const [problem, setProblem] = useState<string>();
  return (
    <Dialog title={title} closing={t.close} onClose={onClose}>
      <form
        className="section"
        onSubmit={(event) => {
          event.preventDefault();
          void onSave().then(setProblem);
        }}
      >
        {children}
        {problem && (
          <p className="notice notice--bad" role="alert">
            <Icon path={ICONS.dispute} />
            {problem}
          </p>
        )}
        <div className="bar">
          <Button look={look} type="submit" disabled={isBusy}>
            {action ?? t.save}
          </Button>
          <Button onClick={onClose}>{t.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}
