import { type ReactNode, useId, useRef, useState } from "react";
import { Link } from "../../app/link.tsx";
import { Button, IconButton } from "../../design/button.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Popover } from "../../design/popover.tsx";
import { Spinner } from "../../design/progress.tsx";
import { saveFile } from "../../design/save-file.ts";
import { tell } from "../../design/toast.tsx";
import { useStrings } from "../../language/language.tsx";
import { analysisStrings } from "./analysis-strings.ts";
import { type ChartData, csvOf } from "./chart-data.ts";
import { pictureOf, pixelsOf } from "./save-picture.ts";

/** As wide as the page, or as high as two that stand beside it. */
type Shape = "plain" | "wide" | "tall";

type ChartCardProps = {
  readonly title: string;
  readonly subtitle: string;
  readonly data: ChartData;
  readonly shape?: Shape;
  readonly legend?: ReactNode;
  readonly children: ReactNode;
};

const TABLE = "M4 5h16v14H4zM4 10h16M4 15h16M10 5v14";
const BARS = "M4 20h16M7 16v-5M12 16V6M17 16v-8";

/** A chart, or the same as a table; to be had as a picture and as data. */
export function ChartCard({ title, subtitle, data, shape = "plain", legend, children }: ChartCardProps) {
  const t = useStrings(analysisStrings);
  const [isTable, setTable] = useState(false);
  const drawing = useRef<HTMLDivElement>(null);
  const heading = useId();
  const save = async (format: "svg" | "png" | "csv") => {
    const name = `${title} ${subtitle}`.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
    if (format === "csv") return saveFile(new Blob([csvOf(data)], { type: "text/csv" }), `${name}.csv`);
    const svg = drawing.current?.querySelector<SVGSVGElement>(".drawing__svg");
    if (!svg) return;
    const picture = pictureOf(svg, { title, subtitle });
    saveFile(format === "svg" ? picture : await pixelsOf(picture), `${name}.${format}`);
  };
  return (
    <section className={`panel chart chart--${shape}`} aria-labelledby={heading}>
      <header className="chart__head">
        <div className="chart__titles">
          <h2 id={heading}>{title}</h2>
          <p className="soft">{subtitle}</p>
        </div>
        <IconButton
          icon={isTable ? BARS : TABLE}
          label={isTable ? t.asChart(title) : t.asTable(title)}
          aria-pressed={isTable}
          onClick={() => setTable(!isTable)}
        />
        <Popover label="" icon={ICONS.download} name={t.save(title)} look="quiet">
          {(close) => (
            <ul className="chart__formats">
              {FORMATS.map((format) => (
                <li key={format}>
                  <Button
                    look="quiet"
                    onClick={() => {
                      close();
                      void save(format).catch(() => tell(t.notSaved, { isBad: true }));
                    }}
                  >
                    {t.formats[format]}
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </Popover>
      </header>
      {legend && !isTable && <div className="chart__legend">{legend}</div>}
      {/* A table is read in its place, but the picture of it can still be saved. */}
      <div ref={drawing} className={isTable ? "chart__put-away" : undefined} inert={isTable}>
        {children}
      </div>
      {isTable && <DataTable title={title} data={data} />}
    </section>
  );
}

const FORMATS = ["png", "svg", "csv"] as const;

function DataTable({ title, data }: { readonly title: string; readonly data: ChartData }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="chart__table" tabIndex={0} aria-label={title}>
      <table className="table">
        <thead>
          <tr>
            {data.columns.map(({ name, isNumber }) => (
              <th key={name} scope="col" className={isNumber ? "number" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.rows.map(({ key, cells, href }) => (
            <tr key={key}>
              {cells.map((cell, index) => (
                <td key={data.columns[index]?.name} className={data.columns[index]?.isNumber ? "number" : undefined}>
                  {index === 0 && href ? (
                    <Link className="chart__link" href={href}>
                      {cell}
                    </Link>
                  ) : (
                    cell
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** In the place of a chart whose figures are on their way, so that nothing moves when they come. */
export function Waiting({ shape }: { readonly shape: Shape }) {
  const t = useStrings(analysisStrings);
  return (
    <div className={`panel chart chart--waiting chart--${shape}`}>
      <Spinner label={t.loading} />
    </div>
  );
}
