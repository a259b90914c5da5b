import { type ReactNode, useEffect, useRef } from 'react';
import { page } from './page.ts';

interface OverProps {
  readonly status: 'left' | 'ended';
  readonly onRejoin: () => void;
}

/** Says why the call is over, and offers the way back. */
export function Over({ status, onRejoin }: OverProps): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="card over">
      <h1 ref={heading} tabIndex={-1}>
        {status === 'left' ? 'You left the call' : 'The call has ended'}
      </h1>
      <p className="room">
        The room <strong>{page.room}</strong> stays open for you.
      </p>
      <button className="button primary" type="button" data-testid="join-button" onClick={onRejoin}>
        Join again
      </button>
      <a href={`/?${new URLSearchParams({ room: page.room })}`}>Back to the first page</a>
    </section>
  );
}
