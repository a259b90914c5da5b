import { readDisplayName } from '../shared/read-display-name.ts';
import { find, setAttribute, showDeviceMenus } from './dom.js';

/** Lets the user preview devices and enter a name. The returned function stops it. */
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
    onJoin(readDisplayName(form));
  });
  for (const [testId, device] of [
    ['mic-button', 'microphone'],
    ['camera-button', 'camera'],
  ]) {
    find(testId).addEventListener('click', () => {
      lobby.select({ [device]: !lobby.getSnapshot().selection[device] });
    });
  }

  function render() {
    const { selection, mediaStream, isOpening, problems } = lobby.getSnapshot();
    if (video.srcObject !== (mediaStream ?? null)) video.srcObject = mediaStream ?? null;
    video.hidden = !selection.camera || !mediaStream?.getVideoTracks().length;
    const note = form.querySelector('.preview-note');
    note.textContent = isOpening ? 'Starting…' : 'Camera is off';
    note.hidden = !video.hidden;
    setAttribute(find('mic-button'), 'aria-pressed', selection.microphone);
    setAttribute(find('camera-button'), 'aria-pressed', selection.camera);
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
