import { noRecords, type Records } from '../../storage/records.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { UserEndpoints, type UserEndpointsOptions } from '../user-endpoints.ts';

export type StoredEndpoint = ReturnType<UserEndpointsOptions['records']['entries']>[number][1];

/** Records that are lost with the test. */
export function memoryRecords<Value>(): Records<Value> & { readonly stored: Map<string, Value> } {
  const stored = new Map<string, Value>();
  return {
    stored,
    entries: () => [...stored],
    put: async (key, value) => void stored.set(key, value),
    delete: async (key) => void stored.delete(key),
  };
}

interface TestEndpoints {
  readonly clock: FakeClock;
  /** What the endpoints reported: `<id> SICK`, `<id> HEALTHY`, `<id> silent`,
   * `<id> <reason>`, or an error. */
  readonly told: readonly string[];
  readonly endpoints: UserEndpoints;
}

/** User endpoints on a fake clock; the id that they generate is `made`. */
export function testEndpoints(options: Partial<UserEndpointsOptions> = {}): TestEndpoints {
  const clock = new FakeClock();
  const told: string[] = [];
  const endpoints = new UserEndpoints({
    clock,
    newId: () => 'made',
    records: noRecords,
    onHealthChanged: (id, health) => told.push(`${id} ${health}`),
    onDropped: (id, _organizationId, reason) =>
      told.push(`${id} ${reason === 'Missed keep-alives' ? 'silent' : reason}`),
    onError: (error) => told.push(String(error)),
    ...options,
  });
  return { clock, told, endpoints };
}
