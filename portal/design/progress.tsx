/**
 * How far something is.
 * @param ratio from 0 to 1
 * @public
 */
export function Progress({ label, ratio }: { readonly label: string; readonly ratio: number }) {
  const percent = Math.round(100 * Math.min(1, Math.max(0, ratio)));
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div className="progress__bar" style={{ width: `${percent}%` }} />
    </div>
  );
}

/** Something is on its way, and nobody knows how far. */
export function Spinner({ label }: { readonly label: string }) {
  return (
    <div className="empty" role="status">
      <div className="spinner" />
      <span className="visually-hidden">{label}</span>
    </div>
  );
}
