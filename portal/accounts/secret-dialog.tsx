import { useState } from "react";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { ICONS, Icon } from "../design/icon.tsx";
import { useStrings } from "../language/language.tsx";
import { accountsStrings } from "./accounts-strings.ts";

type SecretDialogProps = {
  readonly title: string;
  /** What it is for, and where it goes. */
  readonly advice: string;
  readonly secret: string;
  readonly onClose: () => void;
};

/** Shows what is shown once. */
export function SecretDialog({ title, advice, secret, onClose }: SecretDialogProps) {
  const t = useStrings(accountsStrings);
  const [isCopied, setCopied] = useState(false);
  return (
    <Dialog title={title} closing={t.close} onClose={onClose}>
      <p>{advice}</p>
      <code className="secret">{secret}</code>
      <p className="notice notice--warn">
        <Icon path={ICONS.dispute} />
        {t.shownOnce}
      </p>
      <div className="bar">
        <Button
          look="primary"
          icon={isCopied ? ICONS.check : ICONS.copy}
          onClick={() => void navigator.clipboard.writeText(secret).then(() => setCopied(true))}
        >
          {isCopied ? t.copied : t.copy}
        </Button>
        <Button onClick={onClose}>{t.close}</Button>
      </div>
    </Dialog>
  );
}
