// Who is to be seen: reads the conference's state into a list of tiles, and brings the page in line with it.

/** One tile for each stream, and one for everybody who sends nothing. */
export function tilesOf({ conference, endpointId }) {
  return conference.participants.flatMap((participant) => {
    const isSelf = participant.id === endpointId;
    const name = nameOf(participant);
    if (participant.streams.length === 0) {
      return [{ key: participant.id, streamId: '', kind: 'audio', isSelf, name, muted: [] }];
    }
    return participant.streams.map(({ id, type }) => ({
      key: id,
      streamId: id,
      kind: kinds[type] ?? 'camera',
      isSelf,
      name: type === 'SCREEN' ? `${name}’s screen` : name,
      muted: ['audio', 'video'].filter((track) => `TRACK_MUTED/${track}/${id}` in conference.metadata),
    }));
  });
}

const kinds = { MIC: 'audio', CAM: 'camera', MIC_AND_CAM: 'camera', SCREEN: 'screen' };

export function nameOf({ metadata }) {
  return typeof metadata.name === 'string' && metadata.name !== '' ? metadata.name : 'Guest';
}

/** Adds, changes and removes figures in `section`; `play(video, tile)` starts a new tile's video. */
export function showTiles(section, tiles, play) {
  const figures = new Map([...section.children].map((figure) => [figure.dataset.key, figure]));
  for (const tile of tiles) {
    const figure = figures.get(tile.key) ?? addFigure(section, tile);
    figures.delete(tile.key);
    play(figure.querySelector('video'), tile);
    const avatar = figure.querySelector('.avatar');
    avatar.textContent = initials(tile.name);
    avatar.hidden = tile.kind !== 'audio' && !tile.muted.includes('video');
    const badges = tile.muted.map((track) => badge(track === 'audio' ? 'muted' : 'camera off'));
    figure
      .querySelector('figcaption')
      .replaceChildren(tile.isSelf ? `${tile.name} (you)` : tile.name, ...badges);
  }
  for (const figure of figures.values()) figure.remove();
}

function addFigure(section, { key, streamId, kind, isSelf }) {
  const figure = document.getElementById('tile').content.firstElementChild.cloneNode(true);
  Object.assign(figure.dataset, { key, streamId, kind, self: String(isSelf) });
  const video = figure.querySelector('video');
  video.muted = isSelf;
  video.classList.toggle('mirrored', isSelf && kind === 'camera');
  section.append(figure);
  return figure;
}

function badge(text) {
  return Object.assign(document.createElement('span'), { className: 'badge', textContent: text });
}

function initials(name) {
  const words = name.trim().split(/\s+/);
  return words
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
}
