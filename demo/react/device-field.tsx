import type { ReactNode } from 'react';
import type { DeviceMenu } from '../shared/device-menus.ts';
import { page } from './page.ts';

interface DeviceFieldProps {
  readonly menu: DeviceMenu;
  /** Why the device does not work; '' if it works. */
  readonly problem?: string;
  /** Shown below the menu, such as the microphone level. */
  readonly children?: ReactNode;
}

/** A menu for one kind of device. */
export function DeviceField({ menu, problem = '', children }: DeviceFieldProps): ReactNode {
  return (
    <div className="field">
      <label htmlFor={`${menu.kind}-menu`}>{menu.label}</label>
      <select
        id={`${menu.kind}-menu`}
        data-testid={`${menu.kind}-menu`}
        value={menu.value}
        aria-describedby={`${menu.kind}-note`}
        onChange={(event) => void page.menus.choose(menu.kind, event.currentTarget.value)}
      >
        {menu.options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      {children}
      <div id={`${menu.kind}-note`}>
        {menu.note && <p className="note">{menu.note}</p>}
        <p className="error" role="alert" data-testid={`${menu.kind}-problem`}>
          {problem}
        </p>
      </div>
    </div>
  );
}
