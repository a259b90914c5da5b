/** Types only: importing this module lets templates know the tags themselves, such as `<parley-stage>`. */
import type { ElementOf, EventsOf, ParleyTag, PropertiesOf } from '@parley-rtc/elements/tags';
import type { ComponentPublicInstance, HTMLAttributes } from 'vue';

/** What a tag takes in a template. */
export type TagProps<Tag extends ParleyTag> = Omit<HTMLAttributes, keyof PropertiesOf<Tag>> &
  PropertiesOf<Tag> & {
    [Name in keyof EventsOf<Tag> & string as `on${Capitalize<Name>}`]?:
      ((event: EventsOf<Tag>[Name]) => void) | undefined;
  };

type TagsInTemplates = {
  [Tag in ParleyTag]: new () => Omit<ComponentPublicInstance<TagProps<Tag>>, '$el'> & {
    readonly $el: ElementOf<Tag>;
  };
};

declare module 'vue' {
  interface GlobalComponents extends TagsInTemplates {}
}
