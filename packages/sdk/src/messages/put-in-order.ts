/** A message that the server may not have accepted yet; it has no place among the others until then. */
interface Placed {
  readonly sequence: number | undefined;
}

/**
 * Returns `others` with `message` at `index`, or, where that contradicts the server's order, before the first one that comes later
 * and otherwise at the end.
 */
export function putInOrder<Message extends Placed>(
  others: readonly Message[],
  message: Message,
  index: number,
): readonly Message[] {
  // Where either has no place yet, it is neither: comparisons with NaN are false.
  const { sequence = NaN } = message;
  const isLater = (other: Message): boolean => (other.sequence ?? NaN) > sequence;
  const isEarlier = (other: Message): boolean => (other.sequence ?? NaN) < sequence;
  const isRight = !others.slice(0, index).some(isLater) && !others.slice(index).some(isEarlier);
  const firstLater = others.findIndex(isLater);
  const place = isRight ? index : firstLater < 0 ? others.length : firstLater;
  return others.toSpliced(place, 0, message);
}
