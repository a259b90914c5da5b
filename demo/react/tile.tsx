import { useStreamView } from '@parley-rtc/react';
import type { Conference, PublishedStream } from '@parley-rtc/sdk';
import { type ReactNode, type Ref, useEffect, useRef } from 'react';
import { initials } from '../shared/people.ts';
import type { TileInfo } from '../shared/tiles.ts';

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
  const { streamId, kind, isSelf, name, isMuted, isCameraOff } = tile;
  const isMirrored = isSelf && kind === 'camera';
  return (
    <figure
      className="tile"
      data-testid="tile"
      data-stream-id={streamId ?? ''}
      data-self={isSelf}
      data-kind={kind}
    >
      <video
        ref={videoRef}
        className={isMirrored ? 'mirrored' : undefined}
        autoPlay
        playsInline
        muted={isSelf}
      />
      {(kind === 'audio' || isCameraOff) && (
        <div className="avatar" aria-hidden="true">
          {initials(name)}
        </div>
      )}
      <figcaption className="tile-name">
        <span>{isSelf ? `${name} (you)` : name}</span>
        {isMuted && <span className="badge">muted</span>}
        {isCameraOff && <span className="badge">camera off</span>}
      </figcaption>
    </figure>
  );
}
