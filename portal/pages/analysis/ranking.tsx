import { Decoration } from "./decoration.tsx";
import { Drawing } from "./drawing.tsx";
import { Mark } from "./mark.tsx";
import { fitting } from "./scale.ts";
import { useMarks } from "./use-marks.ts";

export type Rank = {
  readonly key: string;
  readonly name: string;
  /** How long its bar is, beside the others. */
  readonly value: number;
  readonly figure: string;
  /** A second figure, in small. */
  readonly more: string;
  readonly href: string;
};

const ROW = 46;
/** What is pointed at is wider than what is drawn. */
const EDGE = 8;

/** How a sum is made up, the largest first. */
export function Ranking({ label, ranks }: { readonly label: string; readonly ranks: readonly Rank[] }) {
  const { group, tabIndexOf, onFocus } = useMarks(ranks.length, 1);
  const top = Math.max(1e-9, ...ranks.map(({ value }) => value));
  return (
    <Drawing label={label} heightAt={() => ranks.length * ROW}>
      {(width, onShow) => (
        <>
          <Decoration>
            {ranks.map(({ key, name, figure, more }, index) => (
              <g key={key}>
                <text className="ranking__name" x={0} y={index * ROW + 20}>
                  {fitting(name, width - roomOf(figure, more))}
                </text>
                <text className="ranking__figure" x={width} y={index * ROW + 20} textAnchor="end">
                  <tspan className="ranking__more">{more}</tspan>
                  <tspan dx={more === "" ? 0 : 10}>{figure}</tspan>
                </text>
              </g>
            ))}
          </Decoration>
          <g {...group}>
            {ranks.map(({ key, name, value, figure, more, href }, index) => {
              const bar = { x: 0, y: index * ROW + 30, height: 6, rx: 3 };
              return (
                <Mark
                  key={key}
                  href={href}
                  label={`${name}: ${figure}${more === "" ? "" : ` (${more})`}`}
                  tabIndex={tabIndexOf(index)}
                  place={{ x: -EDGE, y: index * ROW + 1, width: width + 2 * EDGE, height: ROW - 2 }}
                  onFocus={() => onFocus(index)}
                  onShow={(label, place) => {
                    // What stands there in full needs no second saying.
                    const isCut = fitting(name, width - roomOf(figure, more)) !== name;
                    onShow(isCut ? label : undefined, place);
                  }}
                >
                  <rect className="ranking__track" {...bar} width={width} />
                  <rect
                    className="ranking__bar"
                    {...bar}
                    width={Math.max(value > 0 ? 3 : 0, (width * Math.max(0, value)) / top)}
                  />
                </Mark>
              );
            })}
          </g>
        </>
      )}
    </Drawing>
  );
}

/** What figures take of a row, by what their letters take. */
function roomOf(figure: string, more: string): number {
  return 8 * figure.length + 6.4 * more.length + 26;
}
