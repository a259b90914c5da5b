import { describe, expect, it } from 'vitest';
import { moreItemsOf, type MoreState } from './more-items.ts';

const nothing: MoreState = {
  away: new Set(),
  ownAway: [],
  unreadCount: 0,
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
  pictureInPicture: undefined,
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
      pictureInPicture: 'open',
    } as const;
    expect(labels(now)).toEqual([
      'controls.invite',
      'controls.settings',
      'controls.resume',
      'controls.stop-recording',
      'controls.exit-full-screen',
      'controls.exit-picture-in-picture',
    ]);
  });

  it('takes in what has no room in the bar, in the order of the bar', () => {
    const away = new Set(['react', 'hand', 'people', 'share', 'chat']);
    const now = { away, ownAway: ['Notes', 'Files'], canShare: true, canSend: true, unreadCount: 3 };
    expect(labels(now).slice(0, 9)).toEqual([
      'controls.share',
      'controls.raise-hand',
      'controls.chat-unread',
      'controls.people',
      'Notes',
      'Files',
      'controls.react',
      '👍',
      '👏',
    ]);
    expect(labels({ away, canShare: true, isSharing: true, isHandUp: true }).slice(0, 5)).toEqual([
      'controls.stop-sharing',
      'controls.lower-hand',
      'controls.chat',
      'controls.people',
      '-',
    ]);
  });

  it('offers nothing twice that the bar shows', () => {
    const now = { away: new Set(['hand']), canShare: true, canSend: true };
    expect(labels(now).slice(0, 3)).toEqual(['controls.raise-hand', '-', 'controls.invite']);
  });
});
