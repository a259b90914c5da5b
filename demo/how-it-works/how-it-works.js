// "How this works": what happens behind a call, a button that stops the server, and faults to choose from. One element, so that
// all three pages can use it. It needs nothing but the SDK's public events.
import { FaultSection } from './fault-section.ts';

/** The code behind each button of the call. */
const codes = {
  Mute: "await stream.mute('audio');",
  'Turn camera off': "await stream.mute('video');",
  'Share screen': 'await conference.publishStream({ screen: true });',
  'Raise hand': 'await conference.setParticipantMetadata({ ...self.metadata, isHandRaised: true });',
  Chat: "messageListOf(conference, 'chat').send({ text });",
  Leave: 'await conference.leave();',
};

const styles = `
  :host { position: relative; z-index: 20; font: 15px/1.45 system-ui, sans-serif; color-scheme: light dark; }
  :host([floating]) { position: fixed; inset: 12px auto auto 12px; }
  /* On a phone, an open panel fills the call, and its title is where the button would float. */
  @media (width < 700px) {
    :host([floating]) { position: relative; inset: 0; padding: 4px 12px; background: light-dark(#fff, #1d1f24); }
  }
  button { min-height: 44px; padding: 0 16px; border: 1px solid #8a909c; border-radius: 999px;
    background: light-dark(#fff, #1d1f24); color: light-dark(#16181d, #f2f3f5); font: inherit; font-weight: 600;
    cursor: pointer; }
  button:disabled { cursor: default; opacity: 0.6; }
  dialog { position: fixed; inset: 0 auto 0 0; box-sizing: border-box; width: min(24rem, 100vw);
    height: 100dvh; max-height: none; max-width: none; margin: 0; padding: 16px 20px; overflow: auto; border: 0;
    border-inline-end: 1px solid #8a909c; background: light-dark(#fff, #1d1f24); color: light-dark(#16181d, #f2f3f5); }
  header { display: flex; align-items: center; justify-content: space-between; gap: 8px; }
  h2, h3 { margin: 0; font-size: 1.2em; }
  h3 { margin-block: 24px 4px; font-size: 1em; }
  p, ul, dl { margin: 0 0 8px; padding: 0; list-style: none; overflow-wrap: anywhere; }
  dl { display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; font-variant-numeric: tabular-nums; }
  dd { margin: 0; text-align: end; }
  li { padding-block: 4px; }
  small { color: light-dark(#565c67, #a9afba); font-size: 0.9em; }
  label { display: block; font-size: 0.9em; }
  select, textarea { box-sizing: border-box; width: 100%; min-height: 44px; padding: 8px 10px; border: 1px solid #8a909c;
    border-radius: 8px; background: light-dark(#fff, #1d1f24); color: inherit; font: inherit; }
  textarea { font: 13px/1.5 ui-monospace, monospace; resize: vertical; }
  [role='alert']:not(:empty) { color: light-dark(#a1160d, #ff9a90); }
  .buttons { display: flex; flex-wrap: wrap; gap: 8px; }
  [role='log'] { max-height: 20rem; overflow: auto; }
  ol { margin: 0; padding: 0; list-style: none; }
  ol li { display: grid; grid-template-columns: 3.5em 1fr; gap: 0 8px; border-block-start: 1px solid light-dark(#dcdee3, #3a3e47); }
  ol small { grid-column: 2; }
  time { font-variant-numeric: tabular-nums; }
  :focus-visible { outline: 3px solid light-dark(#0b6b57, #62d3b3); outline-offset: 2px; }
  code { display: block; padding: 8px 10px; border-radius: 8px; background: #17211e; color: #dbe7e2;
    font: 13px/1.5 ui-monospace, monospace; }
`;

class HowItWorks extends HTMLElement {
  #conference;
  #stops = [];
  #faults;
  /** By stream: its title, and lines by what they are about. */
  #streams = new Map();

  #onJoined = (event) => {
    this.conference = event.detail.conference;
  };

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.innerHTML = `<style>${styles}</style>
      <button id="open" type="button">How this works</button>
      <dialog aria-labelledby="title">
        <header><h2 id="title">How this works</h2><button id="close" type="button">Close</button></header>
        <h3>Joining</h3><dl id="joining"></dl>
        <h3>Streams</h3><ul id="streams"><li>Nothing yet</li></ul>
        <h3>An outage</h3>
        <p><button id="stop" type="button">Stop the server for ten seconds</button></p>
        <p id="outage" role="status"></p>
        <h3>When something goes wrong</h3>
        <div id="faults"></div>
        <h3>The code behind each button</h3>
        <ul>${Object.entries(codes)
          .map(([name, code]) => `<li>${name}<code>${code}</code></li>`)
          .join('')}</ul>
      </dialog>`;
    this.#faults = new FaultSection(this.#part('faults'));
    this.#on('open', () => this.#dialog.show());
    this.#on('close', () => this.#dialog.close());
    this.#on('stop', () => void this.#stopServer());
  }

  /** `<parley-call>` announces its conference; other pages set it. */
  connectedCallback() {
    document.addEventListener('parley-joined', this.#onJoined);
  }

  /** The conference to explain. */
  set conference(conference) {
    if (conference === this.#conference) return;
    for (const stop of this.#stops) stop();
    this.#conference = conference;
    this.#streams.clear();
    this.#stops = conference ? this.#follow(conference) : [];
    this.#faults.follow(conference);
  }

  disconnectedCallback() {
    document.removeEventListener('parley-joined', this.#onJoined);
    this.conference = undefined;
    this.#faults.stop();
  }

  #follow(conference) {
    return [
      conference.on('join-timed', ({ tokenMs, endpointMs, joinMs, stateMs, totalMs }) => {
        const steps = {
          Token: tokenMs,
          Endpoint: endpointMs,
          Entering: joinMs,
          State: stateMs,
          'In all': totalMs,
        };
        this.#part('joining').innerHTML = Object.entries(steps)
          .map(([step, ms]) => `<dt>${step}</dt><dd>${Math.round(ms)} ms</dd>`)
          .join('');
      }),
      conference.on('view-timed', ({ streamId, totalMs }) =>
        this.#note(streamId, 'Received', 'first', `First frame after ${Math.round(totalMs)} ms`),
      ),
      conference.on('stats-updated', ({ streamId, direction, stats }) => {
        const title = direction === 'publish' ? 'Sent' : 'Received';
        for (const { kind, codec = '', layers, ...media } of stats.media) {
          const shown = layers.filter(({ isActive }) => isActive !== false);
          const sizes = (shown.length > 0 ? shown : [media]).flatMap(({ width, height, bitrateBps }) => {
            const size = width === undefined ? '' : `${width} × ${height} at `;
            return `${size}${Math.round(bitrateBps / 1000)} kbit/s`;
          });
          this.#note(streamId, title, kind, `${codec}: ${sizes.join(', ')}`);
        }
      }),
      conference.on('quality-changed', ({ streamId, direction, quality }) => {
        const causes = quality.causes.map(({ code }) => code).join(', ');
        const text = `Quality: ${quality.level}${causes && `, because of ${causes}`}`;
        this.#note(streamId, direction === 'publish' ? 'Sent' : 'Received', 'quality', text);
      }),
      conference.on('stream-unpublished', ({ stream }) => {
        this.#streams.delete(stream.id);
        this.#render();
      }),
    ];
  }

  #note(streamId, title, topic, text) {
    const known = this.#streams.get(streamId) ?? { title, lines: new Map() };
    known.lines.set(topic, text);
    this.#streams.set(streamId, known);
    this.#render();
  }

  #render() {
    const items = Array.from(this.#streams.values(), ({ title, lines }) => {
      const item = document.createElement('li');
      item.textContent = title;
      for (const line of lines.values()) {
        const text = document.createElement('small');
        text.textContent = line;
        item.append(document.createElement('br'), text);
      }
      return item;
    });
    this.#part('streams').replaceChildren(...items);
  }

  /** Stops the server, and measures how long it takes from its return until the next frame of somebody else. */
  async #stopServer() {
    const button = this.#part('stop');
    button.toggleAttribute('disabled', true);
    const say = (text) => {
      this.#part('outage').textContent = text;
    };
    const isAlone = remoteVideos(document).length === 0;
    try {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch('/backend/outage', { method: 'POST', headers, body: '{}' });
      if (answer.status === 409) return say('The server is already stopped. Wait until it is back.');
      if (!answer.ok) return say('This page cannot stop the server: npm start without --lan can.');
      say('The server is stopped…');
      while (await isServerUp()) await pause(50);
      while (!(await isServerUp())) await pause(50);
      const backAtMs = performance.now();
      if (isAlone)
        return say('The server is back. With a second tab in the call, you would see its video continue.');
      say('The server is back. Waiting for the next picture…');
      const isBack = await nextFrame();
      if (!isBack) return say('The server is back, but no one has sent a picture for a minute.');
      say(`The call was back ${((performance.now() - backAtMs) / 1000).toFixed(1)} s after the server.`);
    } catch {
      say('The demo does not answer. Start it again.');
    } finally {
      button.toggleAttribute('disabled', false);
    }
  }

  get #dialog() {
    return this.shadowRoot.querySelector('dialog');
  }

  #part(id) {
    return this.shadowRoot.getElementById(id);
  }

  #on(id, act) {
    this.#part(id).addEventListener('click', act);
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function isServerUp() {
  const answer = await fetch('/healthz').catch(() => undefined);
  return answer?.ok === true;
}

/** Whether a video of somebody else shows a new frame within a minute, also one that comes later. */
function nextFrame() {
  return new Promise((resolve) => {
    const watched = new WeakSet();
    const end = (isBack) => {
      clearInterval(timer);
      resolve(isBack);
    };
    const timer = setInterval(() => {
      for (const video of remoteVideos(document)) {
        if (!watched.has(video)) video.requestVideoFrameCallback(() => end(true));
        watched.add(video);
      }
    }, 20);
    setTimeout(() => end(false), 60_000);
  });
}

function remoteVideos(root) {
  return Array.from(root.querySelectorAll('*')).flatMap((element) => {
    if (element instanceof HTMLVideoElement) return [element];
    const isOwn = element.localName === 'parley-tile' && 'tile' in element && element.tile?.isSelf;
    return element.shadowRoot && !isOwn ? remoteVideos(element.shadowRoot) : [];
  });
}

customElements.define('how-it-works', HowItWorks);
