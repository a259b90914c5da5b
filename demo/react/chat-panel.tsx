import { useMessages } from '@parley-rtc/react';
import type { Conference } from '@parley-rtc/sdk';
import { useEffect, useRef, type FormEvent, type ReactNode } from 'react';
import { chatTopic, type Chat } from '../shared/chat.ts';
import { Icon } from './icon.tsx';
import { Panel } from './panel.tsx';

interface ChatPanelProps {
  readonly conference: Conference;
  readonly chat: Chat;
  readonly onClose: () => void;
}

/** The chat. */
export function ChatPanel({ conference, chat, onClose }: ChatPanelProps): ReactNode {
  const { messages, send, retry } = useMessages(conference, chatTopic);
  const input = useRef<HTMLInputElement>(null);
  const lines = chat.linesOf(messages);

  useEffect(() => {
    chat.setVisible(true);
    return () => chat.setVisible(false);
  }, [chat]);

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const payload = chat.payloadOf(input.current?.value ?? '');
    if (payload === undefined) return;
    // The list shows a failure.
    send?.(payload).catch(() => {});
    event.currentTarget.reset();
  };
  const tryAgain = (key: string): void => {
    retry?.(key).catch(() => {});
    // The button that had the focus disappears.
    input.current?.focus();
  };
  return (
    <Panel title="Messages" onClose={onClose}>
      <ol className="messages" role="log" aria-label="Messages" tabIndex={0}>
        {lines.map(({ key, name, text, isOwn, isSending, problem }) => (
          <li key={key} ref={scrollIntoView} className="message" data-testid="message" data-own={isOwn}>
            <strong>{isOwn ? 'You' : name}</strong>
            {text}
            {isSending && <small className="sending">Sending…</small>}
            {problem !== '' && (
              <div ref={scrollIntoView} className="unsent">
                Not sent. {problem}
                <button
                  className="button"
                  type="button"
                  data-testid="retry-button"
                  onClick={() => tryAgain(key)}
                >
                  Try again
                </button>
              </div>
            )}
          </li>
        ))}
      </ol>
      {lines.length === 0 && (
        <p className="panel-note">
          Everyone in the call sees your messages, and so does everyone who joins later.
        </p>
      )}
      <form className="message-form" onSubmit={submit}>
        <label className="field">
          <span className="visually-hidden">Your message</span>
          <input
            ref={input}
            name="text"
            data-testid="message-input"
            autoComplete="off"
            placeholder="Your message"
            maxLength={500}
            required
          />
        </label>
        <button className="round" aria-label="Send" title="Send" data-testid="send-button">
          <Icon name="send" />
        </button>
      </form>
    </Panel>
  );
}

/** Scrolls to each new message, and to the note that one was not sent. */
function scrollIntoView(item: HTMLElement | null): void {
  item?.scrollIntoView({ block: 'nearest' });
}
