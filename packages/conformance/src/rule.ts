/** Where a check comes from. */
export interface Rule {
  /**
   * `seed`: the public Auvious page of version 1.9.5 says it. `decision`: the page is silent or contradicts itself, and
   * a row of Parley's decision list settles it. `platform`: official clients rely on it.
   */
  readonly source: 'seed' | 'decision' | 'platform';
  /** Row of the decision list. */
  readonly row?: number;
  /** What the rule says. */
  readonly text: string;
}

/** A rule of the public page; `place` names the operation or schema that states it. */
export function seed(place: string, text: string): Rule {
  return { source: 'seed', text: `${place}: ${text}` };
}

/** A row of the decision list. */
export function decision(row: number, text: string): Rule {
  return { source: 'decision', row, text };
}

/** What official clients send or read. */
export function platform(text: string): Rule {
  return { source: 'platform', text };
}

/** A rule in one line, as reports print it. */
export function describeRule({ source, row, text }: Rule): string {
  return row === undefined ? `${source}, ${text}` : `${source} ${row}: ${text}`;
}
