const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
const longestMs = 24 * 3_600_000;

/** A duration in milliseconds; undefined for anything else, or one above 24 hours. */
export function durationMsOf(value: unknown): number | undefined {
  const [, amount = '', unit = ''] =
    typeof value === 'string' ? (/^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(value) ?? []) : [];
  const ms = typeof value === 'number' ? value : Number(amount || Number.NaN) * (unitMs[unit] ?? Number.NaN);
  return ms >= 0 && ms <= longestMs ? ms : undefined;
}
