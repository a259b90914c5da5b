import type { ReactNode } from 'react';
import type { IconName } from '../shared/icons.ts';
import { Icon } from './icon.tsx';

interface RoundButtonProps {
  readonly name: string;
  readonly icon: IconName;
  readonly label: string;
  /** Omit it for a button that is not a toggle. */
  readonly isPressed?: boolean;
  /** For a button that opens a panel. */
  readonly isExpanded?: boolean;
  /** Presses are ignored. Unlike a disabled button, it keeps the focus. */
  readonly isBusy?: boolean;
  readonly isSmall?: boolean;
  /** A number to show as a badge; 0 shows none. */
  readonly count?: number;
  readonly onPress: () => unknown;
}

/** A round button with an icon. */
export function RoundButton(props: RoundButtonProps): ReactNode {
  const { name, icon, label, isPressed, isExpanded, isBusy, isSmall, count = 0, onPress } = props;
  return (
    <button
      type="button"
      className={isSmall ? 'round small' : 'round'}
      data-testid={`${name}-button`}
      aria-label={count > 0 ? `${label}, ${count} new` : label}
      aria-pressed={isPressed}
      aria-expanded={isExpanded}
      title={label}
      aria-disabled={isBusy}
      onClick={() => void onPress()}
    >
      <Icon name={icon} />
      {count > 0 && <span className="count">{count}</span>}
    </button>
  );
}
