type TicksProps<T extends string> = {
  readonly legend: string;
  readonly options: readonly (readonly [value: T, label: string])[];
  readonly ticked: readonly T[];
  readonly onChange: (ticked: readonly T[]) => void;
};

/** Boxes to tick, any number of them. */
export function Ticks<T extends string>({ legend, options, ticked, onChange }: TicksProps<T>) {
  return (
    <fieldset className="section">
      <legend className="field__label">{legend}</legend>
      <div className="ticks">
        {options.map(([value, label]) => (
          <label key={value} className="check">
            <input
              type="checkbox"
              checked={ticked.includes(value)}
              onChange={({ target: { checked } }) =>
                onChange(checked ? [...ticked, value] : ticked.filter((each) => each !== value))
              }
            />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
