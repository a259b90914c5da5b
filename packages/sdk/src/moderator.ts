import type { MetadataEntry } from '@parley-rtc/contract';

/** A participant who moderated, as the server names it. It may have left since. */
export interface Moderator {
  readonly endpointId: string;
  readonly userId: string;
}

const writers = new WeakMap<MetadataEntry, Moderator>();

/** Returns who wrote an entry of the conference's metadata; the same object for the same entry. */
export function writerOf(entry: MetadataEntry): Moderator {
  const writer = writers.get(entry) ?? moderatorOf(entry);
  writers.set(entry, writer);
  return writer;
}

/** Names a moderator as the SDK does. */
export function moderatorOf({
  userEndpointId: endpointId = '',
  userId = '',
}: Pick<MetadataEntry, 'userEndpointId' | 'userId'>): Moderator {
  return { endpointId, userId };
}
