import { allChecks, askingChecks, lookingBackChecks } from './checks/all-checks.ts';
import type { MediaPeers } from './media/media-peers.ts';
import { BreachError, type BreachDetails } from './rules/breach.ts';
import type { Rule } from './rules/rule.ts';
import { SkipError } from './rules/skip.ts';
import type { Check } from './stage/check.ts';
import { meetServer, type ServerAccess, type ServerUnderTest } from './stage/server-under-test.ts';
import { Stage } from './stage/stage.ts';

/** The result of a check. */
export interface CheckResult {
  readonly id: string;
  readonly sentence: string;
  readonly rule: Rule;
  readonly outcome: 'passed' | 'breached' | 'skipped';
  /** Set for a breach. */
  readonly breach?: BreachDetails;
  /** Why it was skipped. */
  readonly reason?: string;
  readonly durationMs: number;
}

/** The result of a run, which is also the JSON report. */
export interface ConformanceReport {
  readonly server: string;
  /** ISO 8601 timestamp. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly passed: number;
  readonly breached: number;
  readonly skipped: number;
  readonly results: readonly CheckResult[];
}

/** Options of {@link runConformance}. */
export interface ConformanceOptions extends ServerAccess {
  /** Peers for media checks, which are skipped without them. */
  readonly media?: MediaPeers;
  /** Runs only checks whose id begins with this, such as `event/` or `answer/join`. Default: all. */
  readonly only?: string;
}

/** Some checks wait for the server's long poll, so several run concurrently. */
const checksAtOnce = 4;

/**
 * Runs all checks against a server and returns the report. Ends and removes the conferences and endpoints that they create.
 *
 * @throws an error of `@parley-rtc/client` if the server issues no token. The report contains all later failures.
 */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  const startedAt = new Date().toISOString();
  const began = performance.now();
  const access = { ...options, server: options.server.replace(/\/+$/, '') };
  const server = await meetServer(access, options.media);
  const found = new Map<string, CheckResult>();
  const isWanted = ({ id }: Check): boolean => id.startsWith(options.only ?? '');
  const waiting = askingChecks.filter(isWanted);
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      found.set(check.id, await make(check, server));
    }
  };
  await Promise.all(Array.from({ length: checksAtOnce }, work));
  for (const check of lookingBackChecks.filter(isWanted)) found.set(check.id, await make(check, server));
  const results = allChecks.flatMap(({ id }) => found.get(id) ?? []);
  const count = (counted: CheckResult['outcome']): number =>
    results.filter(({ outcome }) => outcome === counted).length;
  return {
    server: access.server,
    startedAt,
    durationMs: Math.round(performance.now() - began),
    passed: count('passed'),
    breached: count('breached'),
    skipped: count('skipped'),
    results,
  };
}

async function make(check: Check, server: ServerUnderTest): Promise<CheckResult> {
  const { id, sentence, rule } = check;
  const began = performance.now();
  const finding = await find(check, server);
  return { id, sentence, rule, ...finding, durationMs: Math.round(performance.now() - began) };
}

type Finding = Pick<CheckResult, 'outcome' | 'breach' | 'reason'>;

async function find(check: Check, server: ServerUnderTest): Promise<Finding> {
  const missing = check.needs?.find((need) => !server.offers.has(need));
  if (missing !== undefined) {
    return {
      outcome: 'skipped',
      reason: missing === 'media' ? 'not requested' : `the server has no ${missing}`,
    };
  }
  const stage = new Stage(server);
  try {
    await check.run(stage);
    return { outcome: 'passed' };
  } catch (error) {
    if (error instanceof SkipError) return { outcome: 'skipped', reason: error.message };
    if (error instanceof BreachError) return { outcome: 'breached', breach: error.details };
    // A response that a check cannot read is a breach too; the other checks continue.
    const came = error instanceof Error ? error.message : String(error);
    return { outcome: 'breached', breach: { subject: check.id, expected: 'responses as documented', came } };
  } finally {
    await stage.clear().catch(() => {});
  }
}
