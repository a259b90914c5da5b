/** Does `work` for each of `items`, begun in their order, so many at once. Gives the results in that order. */
export async function mapAtOnce(items, count, work) {
  const queue = items.entries();
  const results = [];
  const workThrough = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: count }, workThrough));
  return results;
}
