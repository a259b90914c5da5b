import { useStreamView } from '@parley-rtc/react';
import type { Conference, PublishedStream } from '@parley-rtc/sdk';
import { type ReactNode, type Ref, useEffect, useRef } from 'react';
import { initials } from '../shared/people.ts';
import type { TileInfo, TileQuality } from '../shared/tiles.ts';
import { Icon } from './icon.tsx';

/** Ourselves, as in a mirror and without sound. */
export function OwnTile({
  tile,
  stream,
}: {
  readonly tile: TileInfo;
  readonly stream: PublishedStream | undefined;
}): ReactNode {
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (ref.current) ref.current.srcObject = stream?.mediaStream ?? null;
  }, [stream]);
  return <Tile tile={tile} videoRef={ref} />;
}

/** Somebody else: what they send is received for as long as the tile is there. */
export function RemoteTile({
  tile,
  conference,
}: {
  readonly tile: TileInfo;
  readonly conference: Conference;
}): ReactNode {
  const { ref } = useStreamView(conference, tile.streamId);
  return <Tile tile={tile} videoRef={ref} />;
}

function Tile({
  tile,
  videoRef,
}: {
  readonly tile: TileInfo;
  readonly videoRef: Ref<HTMLVideoElement>;
}): ReactNode {
  const { streamId, kind, isSelf, isSpeaking, isFaceless, hasHandRaised, name, badges, quality } = tile;
  const isMirrored = isSelf && kind === 'camera';
  return (
    <figure
      className="tile"
      data-testid="tile"
      data-stream-id={streamId ?? ''}
      data-self={isSelf}
      data-kind={kind}
      data-speaking={isSpeaking}
      data-faceless={isFaceless}
    >
      <video
        ref={videoRef}
        className={isMirrored ? 'mirrored' : undefined}
        autoPlay
        playsInline
        muted={isSelf}
      />
      {kind !== 'screen' && (
        <div className="avatar" aria-hidden="true">
          {initials(name)}
        </div>
      )}
      {hasHandRaised && (
        <span className="hand" role="img" aria-label="Hand raised" title="Hand raised">
          <Icon name="hand" />
        </span>
      )}
      {quality && <Quality quality={quality} />}
      <figcaption className="tile-name">
        <span>{isSelf ? `${name} (you)` : name}</span>
        {badges.map((badge) => (
          <span key={badge} className="badge">
            {badge}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function Quality({ quality: { level, title, advice } }: { readonly quality: TileQuality }): ReactNode {
  return (
    <details className="quality" data-testid="quality" data-level={level}>
      <summary aria-label={title} title={title}>
        <i />
        <i />
        <i />
      </summary>
      <ul>
        {advice.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </details>
  );
}
