/** One message of a stream of server-sent events. */
export interface ServerMessage {
  /** The last `id` that was sent, with this message or an earlier one. */
  readonly id: string | undefined;
  readonly data: string;
}

/**
 * Reads server-sent events, of which Parley needs `id` and `data`. Returns a reader to be handed the text as it comes,
 * cut anywhere; it returns the messages that are complete by then.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function messageReader(): (text: string) => ServerMessage[] {
  let rest = '';
  let isFirst = true;
  let id: string | undefined;
  let data: string[] = [];

  return (text) => {
    if (isFirst && text !== '') {
      isFirst = false;
      text = text.replace(/^\u{FEFF}/u, '');
    }
    // A carriage return at the end may be the first half of a line end: it waits for what follows.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    const messages: ServerMessage[] = [];
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) messages.push({ id, data: data.join('\n') });
        data = [];
        continue;
      }
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (field === 'data') data.push(value);
      if (field === 'id' && !value.includes('\0')) id = value;
    }
    return messages;
  };
}
