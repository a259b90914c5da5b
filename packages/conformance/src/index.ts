export type { BreachDetails } from './breach.ts';
export { formatReport } from './report/format-report.ts';
export {
  runConformance,
  type CheckResult,
  type ConformanceOptions,
  type ConformanceReport,
} from './run-conformance.ts';
export type { MediaPeer, MediaPeers } from './media/media-peers.ts';
export type { Rule } from './rule.ts';
export type { ServerAccess } from './server-under-test.ts';
