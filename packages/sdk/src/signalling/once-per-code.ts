import type { ParleyError } from '@parley-rtc/client';

/** Reports a problem once, not on every retry that hits it. */
export interface OncePerCode {
  readonly tell: (error: ParleyError) => void;
  /** Marks the problem as solved: if it returns, it is reported again. */
  readonly forget: () => void;
}

export function oncePerCode(onProblem: (error: ParleyError) => void): OncePerCode {
  let last: string | undefined;
  return {
    tell: (error) => {
      if (last === error.code) return;
      last = error.code;
      onProblem(error);
    },
    forget: () => {
      last = undefined;
    },
  };
}
