/** Returns one page of a list. Pages are full except the last one, so that a tile at the end moves none before it. */
export function pageOf<T>(
  items: readonly T[],
  perPage: number,
  wantedPage: number,
): { readonly shown: readonly T[]; readonly page: number; readonly pageCount: number } {
  const pageCount = Math.max(1, Math.ceil(items.length / perPage));
  const page = Math.min(Math.max(0, Math.trunc(wantedPage) || 0), pageCount - 1);
  return { shown: items.slice(page * perPage, (page + 1) * perPage), page, pageCount };
}
