import { useStreamView } from '@parley-rtc/react';
import type { Conference, PublishedStream } from '@parley-rtc/sdk';
import { useEffect, useRef, type ReactNode, type Ref } from 'react';
import { initials } from '../shared/people.ts';
import type { TileInfo, TileQuality } from '../shared/tiles.ts';
import { Icon } from './icon.tsx';

/** The user's own tile, mirrored and muted. */
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

/** Another participant's tile, which views the stream while mounted. */
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
  const { streamId, kind, isSelf, isSpeaking, showsAvatar, hasHandRaised, name, badges, quality } = tile;
  const isMirrored = isSelf && kind === 'camera';
  return (
    <figure
      className="tile"
      data-testid="tile"
      data-stream-id={streamId ?? ''}
      data-self={isSelf}
      data-kind={kind}
      data-speaking={isSpeaking}
      data-shows-avatar={showsAvatar}
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
