import { useEffect, useRef, type ReactNode } from 'react';
import { page } from './page.ts';

interface CallEndedProps {
  /** Why the call is over, in words. */
  readonly reason: string;
  readonly onRejoin: () => void;
}

/** Says why the call ended and lets the user rejoin. */
export function CallEnded({ reason, onRejoin }: CallEndedProps): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="card call-ended">
      <h1 ref={heading} tabIndex={-1}>
        {reason}
      </h1>
      <p className="room">
        The room <strong>{page.room}</strong> is still open.
      </p>
      <button className="button primary" type="button" data-testid="join-button" onClick={onRejoin}>
        Rejoin
      </button>
      <a href={`/?${new URLSearchParams({ room: page.room })}`}>Back to home</a>
    </section>
  );
}
