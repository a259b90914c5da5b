import { BreachError, type BreachDetails } from './breach.ts';
import type { Check } from './check.ts';
import { allChecks, askingChecks, lookingBackChecks } from './checks/all-checks.ts';
import type { MediaPeers } from './media/media-peers.ts';
import type { Rule } from './rule.ts';
import { meetServer, type ServerAccess, type ServerUnderTest } from './server-under-test.ts';
import { SkipError } from './skip.ts';
import { Stage } from './stage.ts';

/** What a check found out. */
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

/** A whole run; this is the JSON report. */
export interface ConformanceReport {
  readonly server: string;
  /** ISO instant. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly passed: number;
  readonly breached: number;
  readonly skipped: number;
  readonly results: readonly CheckResult[];
}

/** What {@link runConformance} needs. */
export interface ConformanceOptions extends ServerAccess {
  /** Peers for the checks about media; without them those are skipped. */
  readonly media?: MediaPeers;
  /** Runs only checks whose id begins with this, such as `event/` or `answer/join`. Default: all. */
  readonly only?: string;
}

/** Checks that wait for the server's long poll would make the others wait, so some run side by side. */
const checksAtOnce = 4;

/**
 * Runs every check against a server. Conferences and endpoints that the checks make are ended and removed.
 *
 * @throws an error of `@parley-rtc/client` when the server gives no token; whatever comes after that is in the report.
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
  const count = (wanted: CheckResult['outcome']): number =>
    results.filter(({ outcome }) => outcome === wanted).length;
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
    return { outcome: 'skipped', reason: missing === 'media' ? 'not asked' : `the server has no ${missing}` };
  }
  const stage = new Stage(server);
  try {
    await check.run(stage);
    return { outcome: 'passed' };
  } catch (error) {
    if (error instanceof SkipError) return { outcome: 'skipped', reason: error.message };
    if (error instanceof BreachError) return { outcome: 'breached', breach: error.details };
    // A server may answer in ways that a check cannot read: that is a breach, too, and the others go on.
    const came = error instanceof Error ? error.message : String(error);
    return { outcome: 'breached', breach: { subject: check.id, expected: 'answers as documented', came } };
  } finally {
    await stage.clear().catch(() => {});
  }
}
