import { Ticks } from "../../../accounts/ticks.tsx";
import { TextField } from "../../../design/field.tsx";
import { useStrings } from "../../../language/language.tsx";
import { NUMBERS, numberOf, type Rules, stagesOf, withNumber, withStages } from "./rules.ts";
import { useStageName } from "./stage-name.ts";
import { trialsStrings } from "./trials-strings.ts";

type RuleFieldsProps = { readonly rules: Rules; readonly onChange: (rules: Rules) => void };

/** Which stages match, how far apart times may be, and how much evidence is enough. */
export function RuleFields({ rules, onChange }: RuleFieldsProps) {
  const t = useStrings(trialsStrings);
  const stageName = useStageName();
  const stages = stagesOf(rules);
  return (
    <>
      <Ticks
        legend={t.stages}
        options={stages.map(([stage]) => [stage, stageName(stage)] as const)}
        ticked={stages.filter(([, isOn]) => isOn).map(([stage]) => stage)}
        onChange={(on) => onChange(withStages(rules, on))}
      />
      <fieldset className="rules__numbers">
        <legend className="field__label">{t.limits}</legend>
        {NUMBERS.map((name) => (
          <TextField
            key={name}
            label={t.numbers[name]}
            type="number"
            min={0}
            value={String(numberOf(rules, name) ?? "")}
            onChange={({ target: { value } }) => onChange(withNumber(rules, name, Number(value)))}
          />
        ))}
      </fieldset>
    </>
  );
}
