import { describe, expect, it } from 'vitest';
import { moreItemsOf, type MoreState } from './more-items.ts';

const nothing: MoreState = {
  isNarrow: false,
  canShare: false,
  isSharing: false,
  isHandUp: false,
  canSend: false,
  isOnHold: false,
  canFlipCamera: false,
  canRecord: false,
  isRecording: false,
  canFillScreen: false,
  isFullScreen: false,
  canEnd: false,
};

function labels(change: Partial<MoreState>): string[] {
  return moreItemsOf({ ...nothing, ...change }, (key) => key).map((item) =>
    'label' in item ? item.label : 'heading' in item ? item.heading : '-',
  );
}

describe('the menu of the controls', () => {
  it('offers only what the user may and the browser can do', () => {
    expect(labels({})).toEqual(['controls.invite', 'controls.settings', 'controls.hold']);
    expect(labels({ canRecord: true, canFlipCamera: true, canFillScreen: true, canEnd: true })).toEqual([
      'controls.invite',
      'controls.settings',
      'controls.hold',
      'controls.flip-camera',
      'controls.record',
      'controls.full-screen',
      '-',
      'controls.end-for-all',
    ]);
  });

  it('says what each item does now', () => {
    const now = {
      canRecord: true,
      isRecording: true,
      isOnHold: true,
      canFillScreen: true,
      isFullScreen: true,
    };
    expect(labels(now)).toEqual([
      'controls.invite',
      'controls.settings',
      'controls.resume',
      'controls.stop-recording',
      'controls.exit-full-screen',
    ]);
  });

  it('takes in what has no room in a narrow bar', () => {
    expect(labels({ isNarrow: true, canShare: true, canSend: true }).slice(0, 5)).toEqual([
      'controls.share',
      'controls.raise-hand',
      'controls.people',
      'controls.react',
      '👍',
    ]);
    expect(labels({ isNarrow: true, canShare: true, isSharing: true, isHandUp: true }).slice(0, 4)).toEqual([
      'controls.stop-sharing',
      'controls.lower-hand',
      'controls.people',
      '-',
    ]);
  });
});
