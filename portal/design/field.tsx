import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from "react";

type Labelled = { readonly label: string; readonly hint?: string; readonly problem?: string | undefined };

function Field({
  label,
  hint,
  problem,
  id,
  children,
}: Labelled & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {label}
      </label>
      {children}
      {hint && (
        <span className="field__hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {problem && (
        <span className="field__problem" id={`${id}-problem`} role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

function described(id: string, { hint, problem }: Labelled) {
  const ids = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean);
  return { "aria-invalid": problem !== undefined, ...(ids.length > 0 && { "aria-describedby": ids.join(" ") }) };
}

export function TextField({ label, hint, problem, ...rest }: Labelled & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  const labelled = { label, ...(hint !== undefined && { hint }), problem };
  return (
    <Field {...labelled} id={id}>
      <input id={id} className="input" {...described(id, labelled)} {...rest} />
    </Field>
  );
}

export function SelectField({ label, hint, problem, ...rest }: Labelled & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId();
  const labelled = { label, ...(hint !== undefined && { hint }), problem };
  return (
    <Field {...labelled} id={id}>
      <select id={id} className="input" {...described(id, labelled)} {...rest} />
    </Field>
  );
}
