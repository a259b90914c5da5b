/** The source of a check. */
export interface Rule {
  /**
   * `seed`: the public Auvious page, version 1.9.5. `decision`: a row of docs/server/decisions.md, where the page is silent
   * or contradicts itself. `platform`: official clients rely on it (docs/server/platform.md).
   */
  readonly source: 'seed' | 'decision' | 'platform';
  /** Row in docs/server/decisions.md. */
  readonly row?: number;
  /** The rule itself. */
  readonly text: string;
}

/** A rule of the public page; `place` names the operation or schema that states it. */
export function seed(place: string, text: string): Rule {
  return { source: 'seed', text: `${place}: ${text}` };
}

/** A rule from docs/server/decisions.md. */
export function decision(row: number, text: string): Rule {
  return { source: 'decision', row, text };
}

/** A rule that official clients rely on. */
export function platform(text: string): Rule {
  return { source: 'platform', text };
}

/** A rule in one line, as reports print it. */
export function describeRule({ source, row, text }: Rule): string {
  return row === undefined ? `${source}, ${text}` : `${source} ${row}: ${text}`;
}
