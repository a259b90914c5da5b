/** Runs `work` for each of `items` in order, up to `count` in parallel. Returns the results in the same order. */
export async function mapAtOnce(items, count, work) {
  const queue = items.entries();
  const results = [];
  const workThrough = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: count }, workThrough));
  return results;
}
