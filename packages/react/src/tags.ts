/**
 * Types only: importing this module lets JSX know the tags themselves, such as `<parley-stage>`. React 19 sets their properties
 * and listens to their events (`onparley-joined`); React 18 sets attributes only.
 */
import type { ElementOf, EventsOf, ParleyTag, PropertiesOf } from '@parley-rtc/elements/tags';
import type { DetailedHTMLProps, HTMLAttributes } from 'react';

/** What a tag takes in JSX. */
export type TagProps<Tag extends ParleyTag> = Omit<
  DetailedHTMLProps<HTMLAttributes<ElementOf<Tag>>, ElementOf<Tag>>,
  keyof PropertiesOf<Tag>
> &
  PropertiesOf<Tag> & {
    [Name in keyof EventsOf<Tag> & string as `on${Name}`]?:
      ((event: EventsOf<Tag>[Name]) => void) | undefined;
  } & {
    /** React leaves `className` of custom elements to them; `class` works in every version. */
    class?: string | undefined;
  };

type TagsInJsx = { [Tag in ParleyTag]: TagProps<Tag> };

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements extends TagsInJsx {}
  }
}
