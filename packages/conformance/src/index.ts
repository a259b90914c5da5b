export type { BreachDetails } from './rules/breach.ts';
export { formatReport } from './report/format-report.ts';
export {
  runConformance,
  type CheckResult,
  type ConformanceOptions,
  type ConformanceReport,
} from './run-conformance.ts';
export type { MediaPeer, MediaPeers } from './media/media-peers.ts';
export type { Rule } from './rules/rule.ts';
export type { ServerAccess } from './stage/server-under-test.ts';
