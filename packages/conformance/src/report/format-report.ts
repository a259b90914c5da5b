import { describeRule } from '../rules/rule.ts';
import type { CheckResult, ConformanceReport } from '../run-conformance.ts';

const mark: Readonly<Record<CheckResult['outcome'], string>> = { passed: '✓', breached: '✗', skipped: '-' };

/** Formats the report as text: one line per check, with the details of each breach. */
export function formatReport(report: ConformanceReport): string {
  const groups = Map.groupBy(report.results, ({ id }) => id.split('/')[0]);
  const sections = [...groups].map(([name, results]) =>
    [name, ...results.map((result) => `  ${describe(result)}`)].join('\n'),
  );
  const { passed, breached, skipped, server, durationMs } = report;
  const seconds = (durationMs / 1000).toFixed(1);
  return [
    `Conformance of ${server}`,
    ...sections,
    `${passed} passed, ${breached} breached, ${skipped} skipped (${seconds} s)\n`,
  ].join('\n\n');
}

function describe({ id, sentence, rule, outcome, breach, reason }: CheckResult): string {
  const line = `${mark[outcome]} ${sentence} [${id}]`;
  if (reason !== undefined) return `${line} skipped: ${reason}`;
  if (!breach) return line;
  return [
    line,
    `checked    ${breach.subject}`,
    `expected   ${breach.expected}`,
    `received   ${breach.came}`,
    `rule       ${describeRule(rule)}`,
  ].join('\n      ');
}
