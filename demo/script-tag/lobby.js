import { readName } from '../shared/wishes.ts';
import { find, setAttribute, showDeviceMenus } from './dom.js';

/** Shows and tries what to bring into the call, and asks for a name. Until the returned function is called. */
export function showLobby({ lobby, menus }, name, onJoin) {
  const form = document.querySelector('form');
  const video = form.querySelector('video');
  form.elements.name.value = name;
  const stopMenus = showDeviceMenus(menus, form.querySelector('.fields'));
  const level = Object.assign(document.createElement('meter'), {
    className: 'level',
    ariaLabel: 'Microphone level',
  });
  level.dataset.testid = 'level';
  find('microphone-menu').after(level);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    onJoin(readName(form));
  });
  for (const [testId, device] of [
    ['mic-button', 'microphone'],
    ['camera-button', 'camera'],
  ]) {
    find(testId).addEventListener('click', () => {
      lobby.want({ [device]: !lobby.getSnapshot().wanted[device] });
    });
  }

  function render() {
    const { wanted, mediaStream, isOpening, problems } = lobby.getSnapshot();
    if (video.srcObject !== (mediaStream ?? null)) video.srcObject = mediaStream ?? null;
    video.hidden = !wanted.camera || !mediaStream?.getVideoTracks().length;
    const note = form.querySelector('.preview-note');
    note.textContent = isOpening ? 'One moment…' : 'Your camera is off';
    note.hidden = !video.hidden;
    setAttribute(find('mic-button'), 'aria-pressed', wanted.microphone);
    setAttribute(find('camera-button'), 'aria-pressed', wanted.camera);
    find('microphone-problem').textContent = problems.microphone;
    find('camera-problem').textContent = problems.camera;
  }
  render();
  lobby.open();
  const stops = [
    stopMenus,
    lobby.subscribe(render),
    menus.subscribe(() => (find('error').textContent = menus.getSnapshot().problem)),
    lobby.level.subscribe(() => (level.value = lobby.level.getSnapshot().level)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
