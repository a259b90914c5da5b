import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { computed, effectScope, type EffectScope } from 'vue';
import { FakeDeviceList } from '../../testing/src/browser/fake-devices.ts';
import { useDevices } from './index.ts';

let plugged: FakeDeviceList;
let scope: EffectScope;

beforeEach(() => {
  plugged = new FakeDeviceList();
  plugged.plug('videoinput c1 Desk', 'videoinput c2 Travel');
  Object.defineProperty(navigator, 'mediaDevices', { value: plugged, configurable: true });
  scope = effectScope();
});
afterEach(() => {
  scope.stop();
  Reflect.deleteProperty(navigator, 'mediaDevices');
  vi.unstubAllGlobals();
});

/** The cameras as a page would show them. */
function cameras() {
  const used = scope.run(() => useDevices({ storage: null }));
  if (!used) throw new Error('The scope is stopped.');
  const { devices, list, error } = used;
  const shown = computed(() => {
    const chosen = devices.value?.choice('camera').device?.label;
    return error.value?.code ?? `${list.value.map(({ label }) => label).join()} ${chosen}`;
  });
  return { devices, shown };
}

it('lists the devices, and triggers when the list or the choice changes', async () => {
  const { devices, shown } = cameras();
  await expect.poll(() => shown.value).toBe('Desk,Travel Desk');
  devices.value?.setIntent('camera', { mode: 'manual', label: 'Travel' });
  expect(shown.value).toBe('Desk,Travel Travel');
  plugged.plug('videoinput c1 Desk');
  await expect.poll(() => shown.value).toBe('Desk Desk');
});

it('reports why there are no devices', async () => {
  vi.stubGlobal('isSecureContext', false);
  Reflect.deleteProperty(navigator, 'mediaDevices');
  const { shown } = cameras();
  await expect.poll(() => shown.value).toBe('ERR_INSECURE_ORIGIN');
});

it('stops listening to the browser when its scope is disposed', async () => {
  const stopListening = vi.spyOn(plugged, 'removeEventListener');
  const { shown } = cameras();
  await expect.poll(() => shown.value).toBe('Desk,Travel Desk');
  expect(stopListening).not.toHaveBeenCalled();
  scope.stop();
  expect(stopListening).toHaveBeenCalledWith('devicechange', expect.any(Function));
});

it('lists no devices during server-side rendering', async () => {
  const read = vi.spyOn(plugged, 'enumerateDevices');
  vi.stubGlobal('window', undefined);
  const { devices, shown } = cameras();
  await Promise.resolve();
  expect(read).not.toHaveBeenCalled();
  expect([devices.value, shown.value]).toEqual([undefined, ' undefined']);
});
