// A call with a script tag: `Parley` is the global that /parley.iife.js makes. This file is the way through the page;
// lobby.js, room.js and tiles.js fill it.
import { getIn } from '../shared/get-in.ts';
import { messageOf } from '../shared/message-of.ts';
import { createPage } from '../shared/page.ts';
import { find, show } from './dom.js';
import { showLobby } from './lobby.js';
import { showRoom } from './room.js';

const { Parley } = window;
const page = createPage(Parley);
let { name } = page;
let stop = () => {};

lobby();
if (page.isHasty) void enter();

function lobby() {
  open('lobby');
  stop = showLobby(page, name, (chosen) => {
    name = chosen;
    void enter();
  });
}

async function enter() {
  const button = find('join-button');
  Object.assign(button, { disabled: true, textContent: 'Joining…' });
  find('error').textContent = '';
  try {
    // 1. Our own back end gives us a ticket, 2. the ticket gives us a token, 3. the token lets us in.
    const entry = await getIn(Parley, page.room, name);
    const conference = await Parley.Conference.join(entry);
    open('call');
    stop = showRoom(page, conference, entry.token);
    conference.on('connection-changed', ({ connection }) => {
      if (connection === 'left') over('You left the call');
      if (connection === 'ended') over('The call has ended');
    });
  } catch (error) {
    Object.assign(button, { disabled: false, textContent: 'Join' });
    find('error').textContent = messageOf(error);
    // It was disabled, which takes the focus away; and on a small screen this brings what went wrong into sight.
    button.focus();
  }
}

function over(why) {
  open('over');
  const heading = document.querySelector('h1');
  heading.textContent = why;
  heading.focus();
  document.querySelector('[data-home]').href = `/?${new URLSearchParams({ room: page.room })}`;
  find('join-button').addEventListener('click', () => {
    lobby();
    void enter();
  });
}

/** Shows one of the templates in place of what was there. */
function open(phase) {
  stop();
  stop = () => {};
  const main = document.querySelector('main');
  main.dataset.phase = phase;
  main.replaceChildren(show(phase));
  for (const element of main.querySelectorAll('[data-room]')) element.textContent = page.room;
}
