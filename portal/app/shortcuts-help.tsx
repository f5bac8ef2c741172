import { Dialog } from "../design/dialog.tsx";
import { useStrings } from "../language/language.tsx";
import { shellStrings } from "./shell-strings.ts";
import { turnShortcuts, useKnownShortcuts, useShortcutsOn } from "./shortcuts.tsx";

const NAMES: Readonly<Record<string, string>> = { Escape: "Esc", Enter: "↵", ArrowDown: "↓", ArrowUp: "↑" };

export function ShortcutsHelp({ onClose }: { readonly onClose: () => void }) {
  const t = useStrings(shellStrings);
  const shortcuts = useKnownShortcuts();
  const isOn = useShortcutsOn();
  return (
    <Dialog title={t.shortcuts} closing={t.close} onClose={onClose}>
      <dl className="facts">
        {shortcuts.map(({ key, label }) => (
          <div key={key} className="shortcut">
            <dt>
              <kbd>{NAMES[key] ?? key}</kbd>
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
      <label className="check">
        <input type="checkbox" checked={isOn} onChange={(event) => turnShortcuts(event.target.checked)} />
        {t.singleKeys}
      </label>
    </Dialog>
  );
}
