/** Whether two objects of one type have the same values. */
export function sameFields<State extends object>(one: State, other: State): boolean {
  return (Object.keys(one) as (keyof State)[]).every((key) => Object.is(one[key], other[key]));
}
