import type { ReactNode } from 'react';
import { icons, type IconName } from '../shared/icons.ts';

/** A decorative icon, hidden from screen readers. */
export function Icon({ name }: { readonly name: IconName }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={icons[name].path} />
      {icons[name].isSwitch && <path className="slash" d="M4 4l16 16" />}
    </svg>
  );
}
