/** Runs pieces of work one after another. Resolves or rejects as the work does; a failure does not stop later work. */
export type SerialQueue = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function serialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
}
