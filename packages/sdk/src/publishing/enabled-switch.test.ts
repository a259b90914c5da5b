import { expect, it } from 'vitest';
import { aTrack } from '../../../testing/src/browser/fake-media.ts';
import { EnabledSwitch } from './enabled-switch.ts';

it('observes a track again that it had handed back to the app', () => {
  const track = aTrack('audio');
  const heard: boolean[] = [];
  const onApp = (isOn: boolean) => void heard.push(isOn);
  new EnabledSwitch(track, true, onApp).close(true);
  track.enabled = false;
  expect(heard).toEqual([]);
  const again = new EnabledSwitch(track, true, onApp);
  track.enabled = false;
  expect(heard).toEqual([false]);
  again.close(false);
  expect(track.enabled).toBe(false);
});
