import { useFormats } from "../../language/language.tsx";
import { useTransactionWords } from "./words.ts";

/** Until when a dispute has to be answered, and that it is too late where it is. */
export function DisputeTerm({ until, now = Date.now() }: { readonly until: string; readonly now?: number }) {
  const t = useTransactionWords();
  const formats = useFormats();
  const when = `${formats.day(until)}, ${formats.time(until)}`;
  const ago = formats.ago(until, now);
  return (
    <p className="banner banner--warn">
      {new Date(until).getTime() < now ? t.detail.answerOverdue(when, ago) : t.detail.answerUntil(when, ago)}
    </p>
  );
}
