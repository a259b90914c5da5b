import { ParleyError } from '@parley-rtc/client';

/** A fault plan is not valid; `path` says where, such as `faults[2].effect`. */
export class FaultPlanError extends ParleyError {
  override readonly name = 'FaultPlanError';
  override readonly code = 'ERR_FAULT_PLAN';
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`The fault plan is not valid: ${path} ${problem}.`, 'Compare it with fault-plan.schema.json.');
    this.path = path;
  }
}
