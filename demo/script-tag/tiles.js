import { initials } from '../shared/people.ts';
import { show, textElement } from './dom.js';

/** Updates the figures in `section` to match `tiles`. `play(video, tile)` starts videos that do not play yet. */
export function showTiles(section, tiles, play) {
  const figures = new Map([...section.children].map((figure) => [figure.dataset.key, figure]));
  for (const tile of tiles) {
    const figure = figures.get(tile.key) ?? addFigure(section, tile);
    figures.delete(tile.key);
    play(figure.querySelector('video'), tile);
    figure.dataset.speaking = tile.isSpeaking;
    figure.dataset.showsAvatar = tile.showsAvatar;
    figure.querySelector('.hand').hidden = !tile.hasHandRaised;
    const avatar = figure.querySelector('.avatar');
    avatar.textContent = initials(tile.name);
    avatar.hidden = tile.kind === 'screen';
    const badges = tile.badges.map((badge) => textElement('span', badge, 'badge'));
    const name = textElement('span', tile.isSelf ? `${tile.name} (you)` : tile.name);
    figure.querySelector('figcaption').replaceChildren(name, ...badges);
    showQuality(figure.querySelector('.quality'), tile.quality);
  }
  for (const figure of figures.values()) figure.remove();
}

function addFigure(section, { key, streamId = '', kind, isSelf }) {
  const figure = show('tile').firstElementChild;
  Object.assign(figure.dataset, { key, streamId, kind, self: isSelf });
  const video = figure.querySelector('video');
  video.muted = isSelf;
  video.classList.toggle('mirrored', isSelf && kind === 'camera');
  section.append(figure);
  return figure;
}

function showQuality(details, quality) {
  details.hidden = !quality;
  if (!quality) return;
  details.dataset.level = quality.level;
  const summary = details.querySelector('summary');
  summary.title = quality.title;
  summary.setAttribute('aria-label', quality.title);
  details.querySelector('ul').replaceChildren(...quality.advice.map((text) => textElement('li', text)));
}
