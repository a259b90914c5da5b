import { type FormEvent, type ReactNode, useEffect } from 'react';
import type { Chat } from '../shared/chat.ts';
import { Icon } from './icon.tsx';
import { Panel } from './panel.tsx';
import { useStore } from './use-store.ts';

interface ChatPanelProps {
  readonly chat: Chat;
  readonly onClose: () => void;
}

/** What is said in writing. */
export function ChatPanel({ chat, onClose }: ChatPanelProps): ReactNode {
  const { messages, isSending, problem } = useStore(chat);

  useEffect(() => {
    chat.look(true);
    return () => chat.look(false);
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
          <li key={id} ref={bringIntoSight} className="message" data-testid="message" data-own={isOwn}>
            <strong>{isOwn ? 'You' : name}</strong>
            {text}
          </li>
        ))}
      </ol>
      {messages.length === 0 && (
        <p className="panel-note">Whoever is in the call now sees what you write. It is not kept.</p>
      )}
      <p className="error" role="alert">
        {problem}
      </p>
      <form className="say" onSubmit={(event) => void send(event)}>
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

/** Each message when it comes. */
function bringIntoSight(item: HTMLElement | null): void {
  item?.scrollIntoView({ block: 'nearest' });
}
