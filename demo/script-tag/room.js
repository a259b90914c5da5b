import { createCall } from '../shared/call.ts';
import { canShareScreen } from '../shared/can-share-screen.ts';
import { keepFocus } from '../shared/keep-focus.ts';
import { hasCode } from '../shared/message-of.ts';
import { countOf, personOf } from '../shared/people.ts';
import { tilesOf } from '../shared/tiles.ts';
import { find, setAttribute } from './dom.js';
import { openChat, openSettings } from './panels.js';
import { showTiles } from './tiles.js';

const { Parley } = window;

/** Shows the call: the participants' tiles, the status and the controls. The returned function closes it. */
export function showRoom(page, conference) {
  const call = createCall(Parley, { ...page, conference });
  const { media } = call;
  /** The screen that the user shares, or shared last. */
  let screen;
  let isScreenChanging = false;
  /** Views by stream id. */
  const views = new Map();
  /** The open panel. */
  let panel = { name: '', close: () => {} };

  conference.on('stream-published', async ({ stream }) => {
    try {
      views.set(stream.id, await conference.viewStream(stream.id));
    } catch (error) {
      // The stream or the call ended first.
      if (!hasCode(error, 'ERR_STREAM_NOT_FOUND', 'ERR_NOT_JOINED')) call.status.showError(error);
    }
    render();
  });
  conference.on('stream-unpublished', ({ stream }) => views.delete(stream.id));

  find('screen-button').hidden = !canShareScreen;
  for (const [testId, action] of [
    ['mic-button', media.switchMicrophone],
    ['camera-button', media.switchCamera],
    ['screen-button', switchScreen],
    ['hand-button', call.switchHand],
    ['chat-button', () => toggle('chat', () => openChat(conference, call.chat, closePanel))],
    ['settings-button', () => toggle('settings', () => openSettings(page, call, conference, closePanel))],
    ['leave-button', () => conference.leave()],
    ['copy-button', call.copyLink],
    ['invite-button', call.copyLink],
    ['resume-button', call.switchHold],
    ['unblock-button', () => call.attempt(() => conference.startPlayback())],
  ]) {
    find(testId).addEventListener('click', () => void action());
  }

  /** Shares a screen, or stops. The browser has its own button to stop, which the SDK follows. */
  async function switchScreen() {
    if (isScreenChanging) return;
    isScreenChanging = true;
    render();
    await call.attempt(async () => {
      if (isScreenShared()) await screen?.unpublish();
      else screen = await conference.publishStream({ screen: true });
    });
    isScreenChanging = false;
    render();
  }
  function isScreenShared() {
    const self = Parley.selectSelf(conference.state.getSnapshot());
    return self?.streams.some(({ type }) => type === 'SCREEN') ?? false;
  }
  function toggle(name, open) {
    const isOpen = panel.name === name;
    closePanel();
    if (!isOpen) panel = { name, close: open() };
    render();
  }
  function closePanel() {
    panel.close();
    panel = { name: '', close: () => {} };
    render();
  }

  function render() {
    const snapshot = conference.state.getSnapshot();
    const { isMicrophoneOn, isCameraOn, isChanging, isSpeakingMuted } = media.getSnapshot();
    const self = Parley.selectSelf(snapshot);
    const { unread } = call.chat.getSnapshot();
    setText(find('participants-count'), countOf(snapshot));
    setText(find('status'), call.status.getSnapshot().text);
    find('status').dataset.connection = snapshot.connection;
    setText(find('error'), call.status.getSnapshot().problem);
    find('reconnecting').hidden = snapshot.connection !== 'reconnecting';
    find('on-hold').hidden = !Parley.selectOnHold(snapshot);
    find('blocked').hidden = snapshot.playback.blockedStreamIds.length === 0;
    find('speaking-muted').hidden = !isSpeakingMuted;
    find('empty').hidden = snapshot.conference.participants.length > 1;
    for (const [testId, isOn, isBusy] of [
      ['mic-button', isMicrophoneOn, isChanging],
      ['camera-button', isCameraOn, isChanging],
      ['screen-button', isScreenShared(), isScreenChanging],
    ]) {
      setAttribute(find(testId), 'aria-pressed', isOn);
      // Not disabled, because a disabled button loses the focus.
      setAttribute(find(testId), 'aria-disabled', isBusy);
    }
    setAttribute(find('hand-button'), 'aria-pressed', personOf(call.typed, self).isHandRaised);
    setAttribute(find('chat-button'), 'aria-expanded', panel.name === 'chat');
    setAttribute(find('settings-button'), 'aria-expanded', panel.name === 'settings');
    showUnread(find('chat-button'), unread);
    const tiles = tilesOf(Parley, call.typed, snapshot, call.insight.getSnapshot());
    showTiles(document.querySelector('.tiles'), tiles, play);
  }

  function play(video, { streamId, isSelf }) {
    if (!isSelf) {
      const view = views.get(streamId);
      // A view may close before the event that its stream is gone.
      if (!video.srcObject && view && view.connectionState !== 'closed') view.attach(video);
      return;
    }
    const own = [media.getSnapshot().devices, screen].find((stream) => stream?.id === streamId);
    if (own && video.srcObject !== own.mediaStream) video.srcObject = own.mediaStream;
  }

  render();
  const stopKeepingFocus = keepFocus(document.querySelector('h1'));
  const stops = [conference.state, call.status, media, call.chat, call.insight].map((store) =>
    store.subscribe(render),
  );
  return () => {
    for (const stop of stops) stop();
    stopKeepingFocus();
    panel.close();
    call.close();
  };
}

/** Changes the text only if it is new, because screen readers announce changes. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function showUnread(button, unread) {
  setAttribute(button, 'aria-label', unread > 0 ? `Messages, ${unread} new` : 'Messages');
  button.querySelector('.count')?.remove();
  if (unread > 0) {
    button.append(Object.assign(document.createElement('span'), { className: 'count', textContent: unread }));
  }
}
