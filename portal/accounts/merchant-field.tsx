import { SelectField } from "../design/field.tsx";
import { useStrings } from "../language/language.tsx";
import { accountsStrings } from "./accounts-strings.ts";

type MerchantFieldProps = {
  readonly merchants: readonly { readonly id: string; readonly name: string | null }[];
  readonly merchantId: string;
  readonly onChange: (merchantId: string) => void;
};

/** Which merchant it is for; nothing to who has one only. */
export function MerchantField({ merchants, merchantId, onChange }: MerchantFieldProps) {
  const t = useStrings(accountsStrings);
  if (merchants.length < 2) return null;
  return (
    <SelectField label={t.merchant} value={merchantId} onChange={({ target: { value } }) => onChange(value)}>
      {merchants.map(({ id, name }) => (
        <option key={id} value={id}>
          {name ?? id}
        </option>
      ))}
    </SelectField>
  );
}
