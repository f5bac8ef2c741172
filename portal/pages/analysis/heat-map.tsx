import { Decoration } from "./decoration.tsx";
import { Drawing } from "./drawing.tsx";
import { Mark } from "./mark.tsx";
import { useMarks } from "./use-marks.ts";

export type HeatCell = {
  /** 1 for Monday to 7 for Sunday. */
  readonly weekday: number;
  readonly hour: number;
  readonly label: string;
  readonly value: number;
  readonly href: string;
};

type HeatMapProps = {
  readonly label: string;
  /** 24 of each weekday, from Monday on. */
  readonly cells: readonly HeatCell[];
  readonly weekdayName: (weekday: number) => string;
};

const HOURS = 24;
const DAYS = 7;
const SIDE = 34;
const HEAD = 20;
const GAP = 2;
/** Below it, hours go down and weekdays across, so that a finger can hit each. */
const NARROW = 560;
const LEVELS = 6;

export function HeatMap({ label, cells, weekdayName }: HeatMapProps) {
  const top = Math.max(1, ...cells.map(({ value }) => value));
  const hourName = (hour: number) => String(hour).padStart(2, "0");
  return (
    <Drawing label={label} heightAt={(width) => HEAD + (width < NARROW ? HOURS * 24 : DAYS * 30)}>
      {(width, onShow) => {
        const isNarrow = width < NARROW;
        const [across, down] = isNarrow ? [DAYS, HOURS] : [HOURS, DAYS];
        const cellWidth = (width - SIDE) / across;
        const cellHeight = isNarrow ? 24 : 30;
        const names = (isDays: boolean, count: number) =>
          Array.from({ length: count }, (_, index) => (isDays ? weekdayName(index + 1) : hourName(index)));
        const ordered = isNarrow ? [...cells].sort((a, b) => a.hour - b.hour || a.weekday - b.weekday) : cells;
        return (
          <>
            <Decoration>
              {names(isNarrow, across).map((name, index) => (
                <text
                  key={name}
                  className="chart__scale"
                  x={SIDE + (index + 0.5) * cellWidth}
                  y={12}
                  textAnchor="middle"
                >
                  {name}
                </text>
              ))}
              {names(!isNarrow, down).map((name, index) => (
                <text key={name} className="chart__scale" x={0} y={HEAD + (index + 0.5) * cellHeight + 4}>
                  {name}
                </text>
              ))}
            </Decoration>
            <Cells ordered={ordered} across={across} size={[cellWidth, cellHeight]} top={top} onShow={onShow} />
          </>
        );
      }}
    </Drawing>
  );
}

type CellsProps = {
  readonly ordered: readonly HeatCell[];
  readonly across: number;
  readonly size: readonly [width: number, height: number];
  readonly top: number;
  readonly onShow: Parameters<typeof Mark>[0]["onShow"];
};

function Cells({ ordered, across, size: [width, height], top, onShow }: CellsProps) {
  const { group, tabIndexOf, onFocus } = useMarks(ordered.length, across);
  return (
    <g {...group}>
      {ordered.map(({ weekday, hour, value, label, href }, index) => {
        const place = {
          x: SIDE + (index % across) * width + GAP / 2,
          y: HEAD + Math.floor(index / across) * height + GAP / 2,
          width: width - GAP,
          height: height - GAP,
        };
        return (
          <Mark
            key={`${weekday} ${hour}`}
            href={href}
            label={label}
            tabIndex={tabIndexOf(index)}
            place={place}
            onFocus={() => onFocus(index)}
            onShow={onShow}
          >
            <rect className={`heat heat--${Math.ceil((LEVELS * value) / top)}`} {...place} rx={3} />
          </Mark>
        );
      })}
    </g>
  );
}
