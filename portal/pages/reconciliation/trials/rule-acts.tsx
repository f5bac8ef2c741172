import { useState } from "react";
import { Button } from "../../../design/button.tsx";
import { useMerchantsWith } from "../../../graph/viewer.tsx";
import { useStrings } from "../../../language/language.tsx";
import { ForceDialog, KeepDialog } from "./rule-dialogs.tsx";
import type { Rules } from "./rules.ts";
import { trialsStrings } from "./trials-strings.ts";

type RuleActsProps = {
  readonly merchantId: string;
  /** The version that was chosen. */
  readonly set: { readonly hash: string; readonly version: number; readonly isActive: boolean };
  /** What was made of it; undefined where nothing was turned. */
  readonly changed: Rules | undefined;
  readonly onDone: (hash: string) => void;
};

/** What whoever manages the rules does with them: other ones become a version, and a version is put in force. */
export function RuleActs({ merchantId, set, changed, onDone }: RuleActsProps) {
  const t = useStrings(trialsStrings);
  const [asked, setAsked] = useState<"keep" | "force">();
  const managed = useMerchantsWith("RECONCILIATION", "MANAGE");
  if (!managed.some(({ id }) => id === merchantId)) return null;
  const dialog = {
    merchantId,
    onClose: () => setAsked(undefined),
    onDone: (hash: string) => {
      setAsked(undefined);
      onDone(hash);
    },
  };
  return (
    <div className="bar">
      <Button disabled={changed === undefined} onClick={() => setAsked("keep")}>
        {t.keep}
      </Button>
      <Button disabled={changed !== undefined || set.isActive} onClick={() => setAsked("force")}>
        {t.putInForce}
      </Button>
      {asked === "keep" && changed && <KeepDialog {...dialog} rules={changed} />}
      {asked === "force" && <ForceDialog {...dialog} set={set} />}
    </div>
  );
}
