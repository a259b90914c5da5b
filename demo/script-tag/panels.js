import { chatTopic } from '../shared/chat.ts';
import { focusPanel } from '../shared/focus-panel.ts';
import { find, setAttribute, show, showDeviceMenus, textElement } from './dom.js';

const { Parley } = window;

/** Opens the chat. The returned function closes it. */
export function openChat(conference, chat, onClose) {
  const { panel, leave } = openPanel('chat', onClose);
  const messages = Parley.messageListOf(conference, chatTopic);
  const form = panel.querySelector('form');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const payload = chat.payloadOf(form.elements.text.value);
    if (payload === undefined) return;
    // The list shows a failure.
    messages.send(payload).catch(() => {});
    form.reset();
  });
  chat.setVisible(true);

  const list = panel.querySelector('.messages');
  function tryAgain(key) {
    messages.retry(key).catch(() => {});
    // The button that had the focus disappears.
    form.elements.text.focus();
  }
  function render() {
    const lines = chat.linesOf(messages.getSnapshot());
    const items = new Map([...list.children].map((item) => [item.dataset.key, item]));
    // Change only what is new, because screen readers announce whatever is added.
    for (const line of lines) {
      const item = items.get(line.key) ?? list.appendChild(messageItem(line));
      items.delete(line.key);
      showProgress(item, line, tryAgain);
    }
    for (const dropped of items.values()) dropped.remove();
    list.lastElementChild?.scrollIntoView({ block: 'nearest' });
    panel.querySelector('.panel-note').hidden = lines.length > 0;
  }
  render();
  const stop = messages.subscribe(render);
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
function messageItem({ key, name, text, isOwn }) {
  const item = textElement('li', text, 'message');
  Object.assign(item.dataset, { testid: 'message', own: isOwn, key });
  item.prepend(textElement('strong', isOwn ? 'You' : name));
  return item;
}

/** Shows how far an own message has come. */
function showProgress(item, { key, isSending, problem }, tryAgain) {
  const progress = isSending ? 'sending' : problem;
  if ((item.dataset.progress ?? '') === progress) return;
  item.dataset.progress = progress;
  item.querySelector('.sending, .unsent')?.remove();
  if (isSending) item.append(textElement('small', 'Sending…', 'sending'));
  if (problem === '') return;
  const button = Object.assign(textElement('button', 'Try again', 'button'), { type: 'button' });
  button.dataset.testid = 'retry-button';
  button.addEventListener('click', () => tryAgain(key));
  const note = textElement('div', `Not sent. ${problem} `, 'unsent');
  note.append(button);
  item.append(note);
}
