import { type ReactNode, useState } from 'react';
import { type IconName, icons } from '../shared/icons.ts';

interface ControlButtonProps {
  readonly name: string;
  readonly icon: IconName;
  readonly label: string;
  /** Left out where the button does something instead of switching it. */
  readonly isPressed?: boolean;
  readonly isDisabled?: boolean;
  readonly onPress: () => Promise<void>;
}

/** A round button with an icon, which waits until what it started is done. */
export function ControlButton({
  name,
  icon,
  label,
  isPressed,
  isDisabled = false,
  onPress,
}: ControlButtonProps): ReactNode {
  const [isBusy, setBusy] = useState(false);
  const press = async (): Promise<void> => {
    setBusy(true);
    await onPress();
    setBusy(false);
  };
  return (
    <button
      type="button"
      data-testid={`${name}-button`}
      aria-label={label}
      aria-pressed={isPressed}
      title={label}
      disabled={isBusy || isDisabled}
      onClick={() => void press()}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={icons[icon].path} />
        {icons[icon].isSwitch && <path className="slash" d="M4 4l16 16" />}
      </svg>
    </button>
  );
}
