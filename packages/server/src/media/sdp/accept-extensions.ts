import { headerExtensions, type ExtensionIds, type HeaderExtensionRow } from '../header-extensions.ts';
import type { Direction, OfferedSection } from './offer.ts';

/** Which extensions one side of the router accepts. */
export interface ExtensionRule {
  readonly acceptsExtension: (row: HeaderExtensionRow) => boolean;
  /** Directions in which the peer uses what is accepted. */
  readonly directions: readonly Direction[];
}

type MutableIds = Partial<Record<HeaderExtensionRow['name'], number>>;

/** Ids in elements with one-byte headers, which every receiver reads (RFC 8285, section 4.2). */
const highestId = 14;

/**
 * The header extensions to accept in each of these sections of a bundle. An id means the same in all of them: of
 * several meanings, the one that comes first in the router's table counts, and where an extension has several ids, its
 * first (RFC 9143, section 12). Some receivers read all packets of a bundle with one table, and fail on the second
 * meaning.
 */
export function acceptExtensions(
  sections: readonly OfferedSection[],
  rule: ExtensionRule,
): readonly ExtensionIds[] {
  const taken = new Set<number>();
  const accepted = sections.map((): MutableIds => ({}));
  const usable = sections.map(({ extensions }) => {
    const byUri = new Map<string, number>();
    for (const { id, uri, direction } of extensions) {
      const isUsable = id >= 1 && id <= highestId && rule.directions.includes(direction);
      if (isUsable && !byUri.has(uri)) byUri.set(uri, id);
    }
    return byUri;
  });
  for (const row of headerExtensions) {
    if (!rule.acceptsExtension(row)) continue;
    const id = usable
      .map((ids) => ids.get(row.uri))
      .find((offered) => offered !== undefined && !taken.has(offered));
    if (id === undefined) continue;
    taken.add(id);
    for (const [index, ids] of usable.entries()) {
      const section = accepted[index];
      if (section && ids.get(row.uri) === id) section[row.name] = id;
    }
  }
  return accepted;
}
