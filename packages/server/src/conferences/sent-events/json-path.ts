/** One step of a path: which members to select from the objects and arrays reached so far. */
export interface PathStep {
  /** A member's name, an index (from the end if negative), or null for every member. */
  readonly select: string | number | null;
  /** Whether to search all descendants as well (`..`). */
  readonly isDeep: boolean;
}

/** `.name`, `.*`, `['name']`, `["name"]`, `[0]`, `[*]`, each also after `..`. */
const stepPattern =
  /(?:(\.\.)(?=[^.])|\.(?=[^[.])|(?=\[))(?:([\p{L}_$][\p{L}\p{N}_$-]*)|\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d{1,9}))\s*\]|\*|\[\s*\*\s*\])/uy;

/**
 * The steps of a JSONPath; undefined if it is not one, or uses more than names, indexes and `*`.
 *
 * Filters, slices and lists are excluded on purpose: they would let a caller's path cause unbounded work. The rest
 * takes time proportional to path length times document size.
 */
export function parseJsonPath(path: string): readonly PathStep[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: PathStep[] = [];
  stepPattern.lastIndex = 1;
  while (stepPattern.lastIndex < path.length) {
    const match = stepPattern.exec(path);
    if (!match) return undefined;
    const [, deep, bare, single, double, index] = match;
    const quoted = (single ?? double)?.replaceAll(/\\(.)/g, '$1');
    const select = bare ?? quoted ?? (index === undefined ? null : Number(index));
    steps.push({ select, isDeep: deep !== undefined });
  }
  return steps;
}

/** Replaces in place everything that the steps select in `document`, which must be a tree. */
export function replaceSelected(
  document: object,
  steps: readonly PathStep[],
  replace: (value: unknown) => unknown,
): void {
  let reached = new Set([document]);
  for (const [index, { select, isDeep }] of steps.entries()) {
    const next = new Set<object>();
    for (const container of isDeep ? withAllBelow(reached) : reached) {
      for (const key of membersOf(container, select)) {
        const value = (container as Record<string, unknown>)[key];
        if (index === steps.length - 1) (container as Record<string, unknown>)[key] = replace(value);
        else if (isContainer(value)) next.add(value);
      }
    }
    reached = next;
  }
}

function membersOf(container: object, select: PathStep['select']): readonly string[] {
  if (select === null) return Object.keys(container);
  const isIndex = typeof select === 'number';
  if (isIndex !== Array.isArray(container)) return [];
  const key = isIndex && Array.isArray(container) && select < 0 ? container.length + select : select;
  return Object.hasOwn(container, key) ? [String(key)] : [];
}

/** These containers and all their descendants, each once even if they overlap. */
function withAllBelow(containers: ReadonlySet<object>): ReadonlySet<object> {
  const found = new Set<object>();
  const pending = [...containers];
  for (let container = pending.pop(); container; container = pending.pop()) {
    if (found.has(container)) continue;
    found.add(container);
    pending.push(...Object.values(container).filter(isContainer));
  }
  return found;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
