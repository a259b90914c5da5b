import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import { Activity, StrictMode } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeDeviceList } from '../../testing/src/browser/fake-devices.ts';
import { useDevices } from './index.ts';

let plugged: FakeDeviceList;
const shown = () => screen.getByRole('status').textContent;

beforeEach(() => {
  plugged = new FakeDeviceList();
  plugged.plug('videoinput c1 Desk', 'videoinput c2 Travel');
  vi.stubGlobal('isSecureContext', true);
  Object.defineProperty(navigator, 'mediaDevices', { value: plugged, configurable: true });
});
afterEach(() => {
  cleanup();
  Reflect.deleteProperty(navigator, 'mediaDevices');
  vi.unstubAllGlobals();
});

function Cameras(): React.ReactNode {
  const { devices, list, error } = useDevices({ storage: null });
  const chosen = devices?.choice('camera').device?.label;
  const travel = () => devices?.setIntent('camera', { mode: 'manual', label: 'Travel' });
  return (
    <>
      <p role="status">{error?.code ?? `${list.map(({ label }) => label).join()} ${chosen}`}</p>
      <button type="button" onClick={travel} />
    </>
  );
}

const cameras = (mode: 'visible' | 'hidden') => (
  <Activity mode={mode}>
    <Cameras />
  </Activity>
);

it('lists the devices, and re-renders when the list or the choice changes', async () => {
  render(<Cameras />, { wrapper: StrictMode });
  await waitFor(() => expect(shown()).toBe('Desk,Travel Desk'));
  act(() => screen.getByRole('button').click());
  expect(shown()).toBe('Desk,Travel Travel');
  await act(async () => plugged.plug('videoinput c1 Desk'));
  await waitFor(() => expect(shown()).toBe('Desk Desk'));
});

it('reports why there are no devices', async () => {
  vi.stubGlobal('isSecureContext', false);
  Reflect.deleteProperty(navigator, 'mediaDevices');
  render(<Cameras />);
  await waitFor(() => expect(shown()).toBe('ERR_INSECURE_ORIGIN'));
});

it('lists the devices again when it is shown again, and forgets why there were none', async () => {
  vi.stubGlobal('isSecureContext', false);
  Reflect.deleteProperty(navigator, 'mediaDevices');
  const { rerender } = render(cameras('visible'));
  await waitFor(() => expect(shown()).toBe('ERR_INSECURE_ORIGIN'));
  rerender(cameras('hidden'));
  vi.stubGlobal('isSecureContext', true);
  Object.defineProperty(navigator, 'mediaDevices', { value: plugged, configurable: true });
  rerender(cameras('visible'));
  await waitFor(() => expect(shown()).toBe('Desk,Travel Desk'));
});

it('stops listening to the browser on unmount', async () => {
  const stopListening = vi.spyOn(plugged, 'removeEventListener');
  const { unmount } = render(<Cameras />);
  await waitFor(() => expect(shown()).toBe('Desk,Travel Desk'));
  expect(stopListening).not.toHaveBeenCalled();
  unmount();
  expect(stopListening).toHaveBeenCalledWith('devicechange', expect.any(Function));
});
