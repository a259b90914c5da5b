import { useEffect, type FormEvent, type ReactNode } from 'react';
import type { Chat } from '../shared/chat.ts';
import { Icon } from './icon.tsx';
import { Panel } from './panel.tsx';
import { useStore } from './use-store.ts';

interface ChatPanelProps {
  readonly chat: Chat;
  readonly onClose: () => void;
}

/** The chat. */
export function ChatPanel({ chat, onClose }: ChatPanelProps): ReactNode {
  const { messages, isSending, problem } = useStore(chat);

  useEffect(() => {
    chat.setVisible(true);
    return () => chat.setVisible(false);
  }, [chat]);

  const send = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = new FormData(form).get('text');
    if (typeof text === 'string' && (await chat.send(text))) form.reset();
  };
  return (
    <Panel title="Messages" onClose={onClose}>
      <ol className="messages" role="log" aria-label="Messages" tabIndex={0}>
        {messages.map(({ id, name, text, isOwn }) => (
          <li key={id} ref={scrollIntoView} className="message" data-testid="message" data-own={isOwn}>
            <strong>{isOwn ? 'You' : name}</strong>
            {text}
          </li>
        ))}
      </ol>
      {messages.length === 0 && (
        <p className="panel-note">
          Everyone in the call right now sees your messages. Messages disappear when the call ends.
        </p>
      )}
      <p className="error" role="alert">
        {problem}
      </p>
      <form className="message-form" onSubmit={(event) => void send(event)}>
        <label className="field">
          <span className="visually-hidden">Your message</span>
          <input
            name="text"
            data-testid="message-input"
            autoComplete="off"
            placeholder="Your message"
            maxLength={500}
            required
          />
        </label>
        <button
          className="round"
          aria-label="Send"
          title="Send"
          data-testid="send-button"
          aria-disabled={isSending}
        >
          <Icon name="send" />
        </button>
      </form>
    </Panel>
  );
}

/** Scrolls to each new message. */
function scrollIntoView(item: HTMLElement | null): void {
  item?.scrollIntoView({ block: 'nearest' });
}
