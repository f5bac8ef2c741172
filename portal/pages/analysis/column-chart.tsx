import { Decoration } from "./decoration.tsx";
import { Drawing } from "./drawing.tsx";
import { Mark } from "./mark.tsx";
import { ticksUpTo } from "./scale.ts";
import { useMarks } from "./use-marks.ts";

export type Column = {
  readonly key: string;
  /** What it is read as, with its figures. */
  readonly label: string;
  /** Its parts from below, each in another colour. */
  readonly values: readonly number[];
  /** What it was the period before. */
  readonly before?: number | undefined;
  readonly href: string;
  /** Written under it, as far as there is room. */
  readonly name: string;
};

type ColumnChartProps = {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly write: (value: number) => string;
};

const HEIGHT = 250;
const LEFT = 54;
const TOP = 12;
const FOOT = 26;
/** A name under a column needs so much. */
const NAME_WIDTH = 58;

/** Something by time, with the period before as a line across it. */
export function ColumnChart({ label, columns, write }: ColumnChartProps) {
  const { group, tabIndexOf, onFocus } = useMarks(columns.length, columns.length);
  const sumOf = ({ values }: Column) => values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const ticks = ticksUpTo(Math.max(...columns.flatMap((column) => [sumOf(column), column.before ?? 0])));
  const top = ticks.at(-1) ?? 1;
  const y = (value: number) => HEIGHT - FOOT - ((HEIGHT - FOOT - TOP) * value) / top;
  return (
    <Drawing label={label} heightAt={() => HEIGHT}>
      {(width, onShow) => {
        const step = (width - LEFT) / columns.length;
        const barWidth = Math.min(44, Math.max(2, step * 0.68));
        const every = Math.ceil(NAME_WIDTH / step);
        const middle = (index: number) => LEFT + (index + 0.5) * step;
        const line = columns.flatMap(({ before }, index) =>
          before === undefined ? [] : [`${middle(index)},${y(before)}`],
        );
        return (
          <>
            <Decoration>
              {ticks.map((tick) => (
                <g key={tick}>
                  <line className="chart__grid" x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
                  <text className="chart__scale" x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
                    {write(tick)}
                  </text>
                </g>
              ))}
              {columns.map(({ key, name }, index) =>
                index % every === 0 ? (
                  <text key={key} className="chart__scale" x={middle(index)} y={HEIGHT - 8} textAnchor="middle">
                    {name}
                  </text>
                ) : null,
              )}
            </Decoration>
            <g {...group}>
              {columns.map((column, index) => {
                let below = 0;
                return (
                  <Mark
                    key={column.key}
                    href={column.href}
                    label={column.label}
                    tabIndex={tabIndexOf(index)}
                    place={{ x: LEFT + index * step, y: TOP, width: step, height: HEIGHT - TOP - FOOT }}
                    onFocus={() => onFocus(index)}
                    onShow={onShow}
                  >
                    {column.values.map((value, part) => {
                      const from = below;
                      below += Math.max(0, value);
                      const height = y(from) - y(below);
                      return (
                        <rect
                          // biome-ignore lint/suspicious/noArrayIndexKey: parts are what they are by their order
                          key={part}
                          className={`chart__bar chart__bar--${part}`}
                          x={middle(index) - barWidth / 2}
                          y={y(below)}
                          width={barWidth}
                          height={value > 0 ? Math.max(1, height) : 0}
                          rx={Math.min(2, barWidth / 4)}
                        />
                      );
                    })}
                  </Mark>
                );
              })}
            </g>
            {line.length > 1 && (
              <Decoration>
                <polyline className="chart__before" points={line.join(" ")} />
              </Decoration>
            )}
          </>
        );
      }}
    </Drawing>
  );
}
