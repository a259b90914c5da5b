import { durationMsOf } from './duration-ms-of.ts';
import { FaultPlanError } from './fault-plan-error.ts';
import type { Fault, FaultPlan } from './fault-plan.ts';

type Check = (value: unknown, path: string) => void;
type Fields = Readonly<Record<string, Check>>;
type Values = Readonly<Record<string, unknown>>;

const duration: Check = (value, path) => {
  if (durationMsOf(value) === undefined) fail(path, 'must be a duration, such as "500ms" or "2s"', value);
};
const text: Check = (value, path) => {
  if (typeof value !== 'string' || value === '') fail(path, 'must be a text', value);
};
const share: Check = (value, path) => {
  if (typeof value !== 'number' || !(value > 0 && value <= 1)) {
    fail(path, 'must be a number above 0 and up to 1', value);
  }
};
const status: Check = (value, path) => {
  const isStatus =
    Number.isInteger(value) && (value === 429 || (Number(value) >= 500 && Number(value) <= 599));
  if (!isStatus) fail(path, 'must be 429, or a status from 500 to 599', value);
};
const oneOf =
  (...allowed: readonly string[]): Check =>
  (value, path) => {
    if (!allowed.includes(value as string)) fail(path, `must be one of ${allowed.join(', ')}`, value);
  };

interface Form {
  readonly needs: Fields;
  readonly may: Fields;
}

const timed = { at: duration };
const lasting = { at: duration, for: duration };
const http = { needs: lasting, may: { operation: text, share } };
const device = { needs: { ...timed, device: oneOf('camera', 'microphone') }, may: { for: duration } };

/** The fields of each kind and effect, beside these two. */
const forms: Readonly<Record<string, Readonly<Record<string, Form>>>> = {
  http: {
    lost: http,
    'answer-lost': http,
    late: { ...http, needs: { ...http.needs, delay: duration } },
    status: { needs: { ...http.needs, status }, may: { ...http.may, retryAfter: duration } },
  },
  feed: { cut: { needs: timed, may: {} }, stalled: { needs: lasting, may: {} } },
  peer: {
    failed: { needs: timed, may: { direction: oneOf('publish', 'view') } },
    disconnected: { needs: timed, may: { direction: oneOf('publish', 'view'), for: duration } },
  },
  device: { unplugged: device, 'in-use': device, denied: device },
  network: { lost: { needs: lasting, may: {} } },
};

/**
 * Checks a fault plan, such as one from a JSON file, and returns it.
 *
 * @throws FaultPlanError (`ERR_FAULT_PLAN`) that says which part is wrong, and how.
 */
export function readFaultPlan(document: unknown): FaultPlan {
  const plan = fieldsOf(document, 'the document');
  refuseOthers(plan, ['$schema', 'title', 'seed', 'faults'], '');
  if (plan['title'] !== undefined) text(plan['title'], 'title');
  if (!Number.isInteger(plan['seed'])) fail('seed', 'must be a whole number', plan['seed']);
  const { faults } = plan;
  if (!Array.isArray(faults)) return fail('faults', 'must be a list', faults);
  faults.forEach((fault, index) => checkFault(fault, `faults[${index}]`));
  const { title, seed } = plan as unknown as FaultPlan;
  return { ...(title !== undefined && { title }), seed, faults: faults as Fault[] };
}

function checkFault(fault: unknown, path: string): void {
  const values = fieldsOf(fault, path);
  const { kind, effect } = values;
  oneOf(...Object.keys(forms))(kind, `${path}.kind`);
  const effects = forms[kind as string] ?? {};
  oneOf(...Object.keys(effects))(effect, `${path}.effect`);
  const form = effects[effect as string];
  if (!form) return;
  for (const [name, check] of Object.entries(form.needs)) check(values[name], `${path}.${name}`);
  for (const [name, check] of Object.entries(form.may)) {
    if (Object.hasOwn(values, name)) check(values[name], `${path}.${name}`);
  }
  refuseOthers(values, ['kind', 'effect', ...Object.keys(form.needs), ...Object.keys(form.may)], `${path}.`);
}

function fieldsOf(value: unknown, path: string): Values {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Values;
  return fail(path, 'must be an object', value);
}

function refuseOthers(values: Values, known: readonly string[], prefix: string): void {
  const other = Object.keys(values).find((name) => !known.includes(name));
  if (other === undefined) return;
  throw new FaultPlanError(`${prefix}${other}`, `is not known here; known are ${known.join(', ')}`);
}

function fail(path: string, rule: string, value: unknown): never {
  const received = value === undefined ? 'it is missing' : `received ${JSON.stringify(value)}`;
  throw new FaultPlanError(path, `${rule}; ${received}`);
}
