import { Link } from "../../../app/link.tsx";
import { ICONS, Icon } from "../../../design/icon.tsx";
import { useStrings } from "../../../language/language.tsx";
import { evidenceStrings } from "./evidence-strings.ts";
import { compared, type Side, type Verdict } from "./side.ts";

type ComparisonProps = {
  readonly left: Side;
  /** Nothing where it is still looked for. */
  readonly right: Side | undefined;
  /** What is said in the place of the missing side. */
  readonly absent: string;
};

const MARKS: Readonly<Record<Verdict, string>> = {
  same: ICONS.check,
  near: "M4 10c3-4 5-4 8-1s5 3 8-1M4 17c3-4 5-4 8-1s5 3 8-1",
  differs: "M5 9h14M5 15h14M16 4L8 20",
  missing: "M6 12h12",
};

/** Two sides of the same money, field by field: what is the same, what differs, and what only one of them says. */
export function Comparison({ left, right, absent }: ComparisonProps) {
  const t = useStrings(evidenceStrings);
  const rows = compared(left, right ?? NOTHING);
  return (
    <>
      {!right && <p className="soft">{absent}</p>}
      <table className="table records compare">
        <caption className="visually-hidden">{right ? t.comparison(left.title, right.title) : left.title}</caption>
        <thead>
          <tr>
            <th scope="col">{t.field}</th>
            <th scope="col">
              <Title side={left} />
            </th>
            {right && (
              <>
                <th scope="col">{t.verdict}</th>
                <th scope="col">
                  <Title side={right} />
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ field, left: mine, right: other, verdict }) => (
            <tr key={field} className={right ? `compare__row--${verdict}` : undefined}>
              <th scope="row">{t.fields[field]}</th>
              <td data-label={left.title}>{mine ?? "–"}</td>
              {right && (
                <>
                  <td className="compare__verdict">
                    <span className={`compare__mark compare__mark--${verdict}`}>
                      <Icon path={MARKS[verdict]} />
                      {t.verdicts[verdict]}
                    </span>
                  </td>
                  <td data-label={right.title}>{other ?? "–"}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t.own}</th>
            <td data-label={left.title}>
              <Own side={left} />
            </td>
            {right && (
              <>
                <td />
                <td data-label={right.title}>
                  <Own side={right} />
                </td>
              </>
            )}
          </tr>
        </tfoot>
      </table>
    </>
  );
}

function Title({ side: { title, href } }: { readonly side: Side }) {
  return href ? <Link href={href}>{title}</Link> : title;
}

/** On a phone the head is not shown, so the way to it stands here as well. */
function Own({ side: { own, href } }: { readonly side: Side }) {
  const t = useStrings(evidenceStrings);
  return (
    <>
      {own.map(([name, value]) => (
        <span key={name} className="compare__fact">
          <span className="soft">{name}</span> {value}
        </span>
      ))}
      {href && (
        <Link className="compare__open" href={href}>
          {t.open}
        </Link>
      )}
    </>
  );
}

const NOTHING: Side = { title: "", facts: {}, own: [] };
