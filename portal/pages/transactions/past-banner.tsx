import { Button } from "../../design/button.tsx";
import { ICONS, Icon } from "../../design/icon.tsx";
import { useFormats } from "../../language/language.tsx";
import { useTransactionWords } from "./words.ts";

/** Says that what is looked at is past, so that nobody takes it for what there is; with the way back. */
export function PastBanner({ asOf, onBack }: { readonly asOf: string; readonly onBack: () => void }) {
  const t = useTransactionWords();
  const { day, time } = useFormats();
  return (
    <div className="banner banner--warn transactions__past" role="status">
      <Icon path={ICONS.past} />
      <p>
        <strong>{t.past.as(`${day(asOf)}, ${time(asOf)}`)}</strong> {t.past.about}
      </p>
      <Button onClick={onBack}>{t.past.back}</Button>
    </div>
  );
}
