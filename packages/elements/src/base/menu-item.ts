import type { IconName } from './icons.ts';

/** An entry of a menu. */
export type MenuItem =
  | {
      readonly id: string;
      readonly label: string;
      readonly icon?: IconName;
      /** Set for a choice among others; whether it is the chosen one. */
      readonly isChecked?: boolean;
      readonly isDanger?: boolean;
      readonly isDisabled?: boolean;
      /** Whether it stands in one row with others, such as a single character. */
      readonly isShort?: boolean;
      /** A second line, such as why it is disabled. */
      readonly hint?: string;
    }
  | { readonly heading: string }
  | { readonly separator: true };

/** What `parley-menu-select` says. */
export interface MenuSelectDetail {
  readonly id: string;
}
