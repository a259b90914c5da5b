import { focusPanel } from '../shared/focus-panel.ts';
import { find, setAttribute, show, showDeviceMenus, textElement } from './dom.js';

const { Parley } = window;

/** Opens the chat. The returned function closes it. */
export function openChat(chat, onClose) {
  const { panel, leave } = openPanel('chat', onClose);
  const form = panel.querySelector('form');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (await chat.send(form.elements.text.value)) form.reset();
  });
  chat.setVisible(true);

  const list = panel.querySelector('.messages');
  function render() {
    const { messages, isSending, problem } = chat.getSnapshot();
    // Append only new messages, because screen readers announce whatever is added.
    const shown = new Set([...list.children].map(({ dataset }) => dataset.id));
    list.append(...messages.filter(({ id }) => !shown.has(id)).map(messageItem));
    list.lastElementChild?.scrollIntoView({ block: 'nearest' });
    panel.querySelector('.panel-note').hidden = messages.length > 0;
    panel.querySelector('.error').textContent = problem;
    setAttribute(find('send-button'), 'aria-disabled', isSending);
  }
  render();
  const stop = chat.subscribe(render);
  return () => {
    stop();
    chat.setVisible(false);
    leave();
  };
}

/** Opens the settings: devices, background blur and hold. The returned function closes them. */
export function openSettings({ menus }, call, conference, onClose) {
  const { panel, leave } = openPanel('settings', onClose);
  find('blur-switch').addEventListener('click', () => void call.media.switchBlur());
  find('hold-switch').addEventListener('click', () => void call.switchHold());
  function render() {
    const { isBlurOn, isChanging } = call.media.getSnapshot();
    setAttribute(find('blur-switch'), 'aria-checked', isBlurOn);
    setAttribute(find('blur-switch'), 'aria-disabled', isChanging);
    setAttribute(find('hold-switch'), 'aria-checked', Parley.selectOnHold(conference.state.getSnapshot()));
    find('devices-problem').textContent = menus.getSnapshot().problem;
  }
  render();
  const stops = [
    showDeviceMenus(menus, panel.querySelector('.fields')),
    ...[call.media, conference.state, menus].map((store) => store.subscribe(render)),
  ];
  return () => {
    for (const stop of stops) stop();
    leave();
  };
}

function openPanel(name, onClose) {
  document.querySelector('.stage').append(show(name));
  const panel = document.querySelector('.panel');
  find('close-button', panel).addEventListener('click', onClose);
  const leave = focusPanel(panel, onClose);
  return {
    panel,
    leave: () => {
      panel.remove();
      leave();
    },
  };
}

/** Inserts the message as text, so that its markup has no effect. */
function messageItem({ id, name, text, isOwn }) {
  const item = textElement('li', text, 'message');
  Object.assign(item.dataset, { testid: 'message', own: isOwn, id });
  item.prepend(textElement('strong', isOwn ? 'You' : name));
  return item;
}
