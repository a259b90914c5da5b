/**
 * Returns the text of a file with a probe at each mutant's place, that reports the mutant's number when the block around it
 * runs, or for code outside of blocks, when the file is loaded.
 *
 * @param {{ number: number, blockStart: number | undefined }[]} mutants
 */
export function addProbes(code, mutants) {
  const outside = mutants.filter(({ blockStart }) => blockStart === undefined);
  const inside = mutants.filter(({ blockStart }) => blockStart !== undefined);
  let probed = `${code}\n${outside.map(probe).join('')}`;
  for (const mutant of inside.toSorted((one, other) => other.blockStart - one.blockStart)) {
    probed = probed.slice(0, mutant.blockStart) + probe(mutant) + probed.slice(mutant.blockStart);
  }
  return probed;
}

const probe = ({ number }) => `(globalThis as any).parleyReached?.add(${number});`;
