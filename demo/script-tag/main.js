// A call with nothing but a script tag: `Parley` is the global that /parley.iife.js makes.
import { messageOf } from './messages.js';
import { nameOf, showTiles, tilesOf } from './tiles.js';

const { Conference, ParleyError, redeemTicket } = window.Parley;
const server = location.origin;
const main = document.querySelector('main');
const find = (testId) => main.querySelector(`[data-testid="${testId}"]`);

const parameters = new URLSearchParams(location.search);
if (!parameters.get('room')) {
  parameters.set('room', `room-${Math.random().toString(36).slice(2, 8)}`);
  history.replaceState(null, '', `?${parameters}`);
}
const room = parameters.get('room');
const wishes = {
  name: parameters.get('name') ?? '',
  camera: parameters.get('camera') !== '0',
  microphone: parameters.get('mic') !== '0',
};

showLobby();
if (parameters.get('autojoin') === '1') {
  wishes.name ||= 'Guest';
  void enter(find('join-button'));
}

// --- The three phases of the page ---

function showPhase(phase) {
  main.dataset.phase = phase;
  main.replaceChildren(document.getElementById(phase).content.cloneNode(true));
  for (const element of main.querySelectorAll('[data-room]')) element.textContent = room;
}

function showLobby() {
  showPhase('lobby');
  const form = main.querySelector('form');
  form.elements.name.value = wishes.name;
  form.elements.camera.checked = wishes.camera;
  form.elements.microphone.checked = wishes.microphone;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    wishes.name = form.elements.name.value.trim() || 'Guest';
    wishes.camera = form.elements.camera.checked;
    wishes.microphone = form.elements.microphone.checked;
    void enter(find('join-button'));
  });
}

function showOver(why) {
  showPhase('over');
  main.querySelector('h1').textContent = why;
  main.querySelector('[data-home]').href = `/?${new URLSearchParams({ room })}`;
  find('join-button').addEventListener('click', () => {
    showLobby();
    void enter(find('join-button'));
  });
}

async function enter(button) {
  button.disabled = true;
  button.textContent = 'Joining…';
  showError('');
  try {
    // 1. Our own back end gives us a ticket, 2. the ticket gives us a token, 3. the token lets us in.
    const ticket = await fetchTicket();
    const { conferenceId, token } = await redeemTicket({ server, ticket });
    const conference = await Conference.join({
      server,
      conferenceId,
      token,
      metadata: { name: wishes.name },
    });
    showCall(conference);
  } catch (error) {
    button.disabled = false;
    button.textContent = 'Join';
    showError(messageOf(error));
  }
}

async function fetchTicket() {
  const response = await fetch('/backend/ticket', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ room }),
  }).catch((cause) => {
    throw new Error('This page’s server cannot be reached. Check your network connection, then try again.', {
      cause,
    });
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error_description);
  return body.ticket;
}

// --- The call ---

function showCall(conference) {
  showPhase('call');
  /** What we watch, by stream id. */
  const views = new Map();
  /** What we send: camera and microphone, and the screen. */
  const mine = { devices: undefined, screen: undefined };

  conference.on('stream-published', ({ stream }) => {
    void attempt(async () => views.set(stream.id, await conference.viewStream(stream.id)));
  });
  conference.on('stream-unpublished', ({ stream }) => views.delete(stream.id));
  const tell = (text) => showStatus(text, conference.state.getSnapshot().connection);
  conference.on('participant-joined', ({ participant }) => tell(`${nameOf(participant)} is here`));
  conference.on('participant-left', ({ participant }) => tell(`${nameOf(participant)} left`));
  conference.on('connection-changed', ({ connection }) => {
    if (connection === 'left') showOver('You left the call');
    if (connection === 'ended') showOver('The call has ended');
    if (connection === 'reconnecting') tell('Connection lost. Reconnecting…');
    if (connection === 'connected') tell('Connected again');
  });
  conference.on('error', ({ error }) => {
    if (error.code === 'ERR_PLAYBACK_BLOCKED') find('unblock-button').hidden = false;
    else showError(messageOf(error));
    render();
  });
  conference.state.subscribe(render);

  onClick('mic-button', () => changeDevices(() => switchDevice('audio')));
  onClick('camera-button', () => changeDevices(() => switchDevice('video')));
  onClick('screen-button', switchScreen);
  onClick('leave-button', () => conference.leave());
  onClick('unblock-button', async () => {
    const videos = [...main.querySelectorAll('video')].filter((video) => video.srcObject);
    await Promise.all(videos.map((video) => video.play()));
    find('unblock-button').hidden = true;
  });
  for (const button of main.querySelectorAll('[data-action="copy"]'))
    button.addEventListener('click', () => void copyLink(tell));

  tell('Connected');
  render();
  void changeDevices(() => publishDevices({ camera: wishes.camera, microphone: wishes.microphone }));

  function render() {
    if (main.dataset.phase !== 'call') return;
    const snapshot = conference.state.getSnapshot();
    const count = snapshot.conference.participants.length;
    find('participants-count').textContent = count === 1 ? '1 person' : `${count} people`;
    find('empty').hidden = count > 1;
    showTiles(main.querySelector('.tiles'), tilesOf(snapshot), play);
    find('mic-button').setAttribute('aria-pressed', String(isOn('audio')));
    find('camera-button').setAttribute('aria-pressed', String(isOn('video')));
    find('screen-button').setAttribute('aria-pressed', String(isLive(mine.screen)));
  }

  function play(video, { streamId, isSelf }) {
    if (video.srcObject) return;
    if (!isSelf) return views.get(streamId)?.attach(video);
    const own = Object.values(mine).find((stream) => stream?.id === streamId);
    if (own) video.srcObject = own.mediaStream;
  }

  function isOn(kind) {
    const stream = mine.devices;
    return isLive(stream) && hasTrack(stream, kind) && !stream.isMuted(kind);
  }

  /** One change at a time: a second one would publish next to the first, which may still wait for a permission. */
  async function changeDevices(change) {
    const buttons = [find('mic-button'), find('camera-button')];
    for (const button of buttons) button.disabled = true;
    await attempt(change);
    for (const button of buttons) button.disabled = false;
  }

  /** Mutes or unmutes what we send. A device that we do not send yet comes in with a new stream. */
  async function switchDevice(kind) {
    const stream = mine.devices;
    if (isLive(stream) && hasTrack(stream, kind)) {
      await (stream.isMuted(kind) ? stream.unmute(kind) : stream.mute(kind));
    } else {
      await publishDevices({
        camera: kind === 'video' || isOn('video'),
        microphone: kind === 'audio' || isOn('audio'),
      });
      await stream?.unpublish();
    }
  }

  async function publishDevices(devices) {
    if (devices.camera || devices.microphone) mine.devices = await conference.publishStream(devices);
  }

  async function switchScreen() {
    if (isLive(mine.screen)) return mine.screen.unpublish();
    const stream = await conference.publishStream({ screen: true });
    mine.screen = stream;
    // The browser has a button of its own to stop sharing.
    stream.mediaStream.getVideoTracks()[0].addEventListener('ended', () => stream.unpublish());
  }

  function onClick(testId, action) {
    const button = find(testId);
    button.addEventListener('click', () => {
      button.disabled = true;
      showError('');
      void attempt(action).then(() => (button.disabled = false));
    });
  }

  /** Whatever fails while we are in the call is told, and the call goes on. */
  async function attempt(action) {
    try {
      await action();
    } catch (error) {
      // The call, or the stream, was over before we got to it: nothing that anybody has to know.
      const isLate =
        error instanceof ParleyError && ['ERR_NOT_JOINED', 'ERR_STREAM_NOT_FOUND'].includes(error.code);
      if (!isLate) showError(messageOf(error));
    }
    render();
  }
}

function isLive(stream) {
  return stream !== undefined && stream.connectionState !== 'closed';
}

function hasTrack({ mediaStream }, kind) {
  return mediaStream.getTracks().some((track) => track.kind === kind);
}

// --- Words for the user ---

function showStatus(text, connection) {
  const status = find('status');
  if (!status) return;
  status.textContent = text;
  status.dataset.connection = connection;
}

function showError(text) {
  const error = find('error');
  if (error) error.textContent = text;
}

async function copyLink(tell) {
  const link = new URL(`?${new URLSearchParams({ room })}`, location.href).href;
  try {
    await navigator.clipboard.writeText(link);
    tell('Link copied');
  } catch {
    // Without the right to write the clipboard: hand it over for copying by hand.
    window.prompt('Copy this link:', link);
  }
}
