import { ICONS, Icon } from "./icon.tsx";

type ChipProps = {
  readonly name: string;
  readonly value: string;
  /** What the button that takes it away is called. */
  readonly removal: string;
  readonly onRemove: () => void;
};

/** One condition that holds at present, and the way to drop it. */
export function Chip({ name, value, removal, onRemove }: ChipProps) {
  return (
    <span className="chip">
      <span className="chip__name">{name}</span>
      <span className="chip__value" title={value}>
        {value}
      </span>
      <button type="button" className="chip__remove" aria-label={removal} onClick={onRemove}>
        <Icon path={ICONS.close} />
      </button>
    </span>
  );
}
