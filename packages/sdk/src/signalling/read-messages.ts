/** One message of a server-sent event stream. */
export interface ServerMessage {
  /** The last `id` received, with this message or an earlier one. */
  readonly id: string | undefined;
  readonly data: string;
}

/**
 * Creates a reader of server-sent events that keeps `id` and `data`. Pass it the text in chunks, split anywhere; each call
 * returns the messages that are now complete.
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
    // A trailing carriage return may be the first half of a line end, so it stays in `rest` until more text arrives.
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
