// A call with a script tag: `Parley` is the global of /parley.iife.js. This file switches between the page's phases;
// lobby.js, room.js and tiles.js fill them.
import { getJoinOptions } from '../shared/get-join-options.ts';
import { messageOf } from '../shared/message-of.ts';
import { createPage } from '../shared/page.ts';
import { whyOver } from '../shared/why-over.ts';
import { find, show } from './dom.js';
import { showLobby } from './lobby.js';
import { showRoom } from './room.js';

const { Parley } = window;
const page = createPage(Parley);
let { name } = page;
let stop = () => {};

openLobby();
if (page.autoJoin) void join();

function openLobby() {
  showPhase('lobby');
  stop = showLobby(page, name, (chosen) => {
    name = chosen;
    void join();
  });
}

async function join() {
  const button = find('join-button');
  Object.assign(button, { disabled: true, textContent: 'Joining…' });
  find('error').textContent = '';
  try {
    // 1. The back end issues a ticket, 2. the ticket gives a token, 3. the token lets the page join.
    const conference = await Parley.Conference.join(await getJoinOptions(Parley, page.room, name));
    showPhase('call');
    stop = showRoom(page, conference);
    let problem;
    conference.on('error', ({ error }) => (problem = error));
    conference.on('connection-changed', ({ connection }) => {
      if (connection === 'left' || connection === 'ended' || connection === 'removed') {
        showEnded(whyOver(connection, problem));
      }
    });
  } catch (error) {
    Object.assign(button, { disabled: false, textContent: 'Join' });
    find('error').textContent = messageOf(error);
    // Disabling the button took its focus. On small screens, focusing it also scrolls to the error.
    button.focus();
  }
}

function showEnded(reason) {
  showPhase('ended');
  const heading = document.querySelector('h1');
  heading.textContent = reason;
  heading.focus();
  document.querySelector('[data-home]').href = `/?${new URLSearchParams({ room: page.room })}`;
  find('join-button').addEventListener('click', () => {
    openLobby();
    void join();
  });
}

/** Replaces the page's content with the template of a phase. */
function showPhase(phase) {
  stop();
  stop = () => {};
  const main = document.querySelector('main');
  main.dataset.phase = phase;
  main.replaceChildren(show(phase));
  for (const element of main.querySelectorAll('[data-room]')) element.textContent = page.room;
}
