import type {
  ElementOf,
  EventsOf,
  ListenersOf,
  ParleyTag,
  PropertiesOf,
  ShortName,
} from '@parley-rtc/elements/tags';
import {
  defineComponent,
  h,
  toRaw,
  type ComponentPublicInstance,
  type HTMLAttributes,
  type VNode,
} from 'vue';

/** What a component takes: the element's properties, listeners for its events, and what every HTML element takes. */
export type ElementProps<Tag extends ParleyTag> = PropertiesOf<Tag> &
  ListenersOf<Tag> &
  Omit<HTMLAttributes, keyof PropertiesOf<Tag> | keyof ListenersOf<Tag>>;

/**
 * A type without its index signature. Nuxt gives every component one, for names that begin with `$`, and `Omit` keeps only that: the
 * type of `$props` would be unknown.
 */
type Named<T> = {
  [Name in keyof T as `$${string}` extends Name ? never : Name]: T[Name];
};

/** A component for an element, which is its `$el`. */
export type ElementComponent<Tag extends ParleyTag> = new () => Omit<
  Named<ComponentPublicInstance<ElementProps<Tag>>>,
  '$el' | '$slots'
> & {
  readonly $el: ElementOf<Tag>;
  readonly $slots: { readonly default?: () => VNode[] };
};

/** Every property that can be set, with its type if it is a flag: Vue sets flags that have no value to true. */
type PropertyTable<Tag extends ParleyTag> = {
  readonly [Name in keyof PropertiesOf<Tag>]-?: boolean extends PropertiesOf<Tag>[Name]
    ? BooleanConstructor
    : null;
};

/** The names of a tag's events by those that templates use. */
type EventNames<Tag extends ParleyTag> = {
  readonly [Name in keyof EventsOf<Tag> & string as ShortName<Name>]-?: Name;
};

/** Makes a component of an element whose module has been imported. On a server it renders the bare tag. */
export function component<Tag extends ParleyTag>(
  tag: Tag,
  properties: PropertyTable<Tag>,
  events: EventNames<Tag>,
): ElementComponent<Tag> {
  const names = Object.entries<BooleanConstructor | null>(properties);
  return defineComponent({
    name: tag,
    // Without a default, a flag that is absent would be false.
    props: Object.fromEntries(names.map(([name, type]) => [name, { type, default: undefined }])),
    emits: Object.keys(events),
    setup(props: Readonly<Record<string, unknown>>, { emit, slots }) {
      const listeners = Object.fromEntries(
        Object.entries<string>(events).map(([short, name]) => [
          `on${name.charAt(0).toUpperCase()}${name.slice(1)}`,
          (event: Event) => emit(short, event),
        ]),
      );
      return () => {
        const given = names
          .filter(([name]) => props[name] !== undefined)
          // A conference cannot be used through a reactive proxy.
          .map(([name]) => [`.${name}`, toRaw(props[name])] as const);
        return h(tag, { ...Object.fromEntries(given), ...listeners }, slots['default']?.());
      };
    },
  }) as unknown as ElementComponent<Tag>;
}
