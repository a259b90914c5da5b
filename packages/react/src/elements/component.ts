import { createComponent } from '@lit/react';
import type {
  ElementOf,
  EventsOf,
  ListenersOf,
  ParleyTag,
  PropertiesOf,
  ShortName,
} from '@parley-rtc/elements/tags';
import * as React from 'react';

/** What a component takes: the element's properties, listeners for its events, and what every HTML element takes. */
export type ElementProps<Tag extends ParleyTag> = PropertiesOf<Tag> &
  ListenersOf<Tag> &
  Omit<React.HTMLAttributes<ElementOf<Tag>>, keyof PropertiesOf<Tag> | keyof ListenersOf<Tag>>;

/** A component for an element. Its ref is the element. */
export type ElementComponent<Tag extends ParleyTag> = React.ForwardRefExoticComponent<
  ElementProps<Tag> & React.RefAttributes<ElementOf<Tag>>
>;

/** The names of a tag's events by those of their listeners. */
type EventNames<Tag extends ParleyTag> = {
  readonly [Name in keyof EventsOf<Tag> & string as `on${Capitalize<ShortName<Name>>}`]-?: Name;
};

/** Makes a component of an element whose module has been imported. On a server it renders the bare tag. */
export function component<Tag extends ParleyTag>(
  tagName: Tag,
  elementClass: new () => ElementOf<Tag>,
  events: EventNames<Tag>,
): ElementComponent<Tag> {
  return createComponent({ react: React, tagName, elementClass, events }) as unknown as ElementComponent<Tag>;
}
