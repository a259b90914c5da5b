import { expect, it } from 'vitest';
import { messageReader } from './read-messages.ts';

const whole = (text: string) => messageReader()(text);

it('reads the id and data of each message', () => {
  expect(whole('id: 1\ndata: {"a":1}\n\nid: 2\ndata: {}\n\n')).toEqual([
    { id: '1', data: '{"a":1}' },
    { id: '2', data: '{}' },
  ]);
});

it.each(['\n', '\r\n', '\r'])('ends lines at %j, wherever the text is split', (end) => {
  const text = [': open', '', 'id: 1', 'data: a', 'data: b', '', 'data: c', '', 'x'].join(end);
  for (let size = 1; size <= text.length; size += 1) {
    const read = messageReader();
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    expect(pieces.flatMap((piece) => read(piece))).toEqual([
      { id: '1', data: 'a\nb' },
      { id: '1', data: 'c' },
    ]);
  }
});

it('removes only one space after the colon, and keeps colons in the value', () => {
  expect(whole('data:a\n\ndata:  b: c\n\ndata\n\n').map(({ data }) => data)).toEqual(['a', ' b: c', '']);
});

it('ignores comments, other fields, ids without data, and incomplete messages', () => {
  expect(whole(': hi\n\nid: 7\n\nevent: x\nretry: 3\n\ndata: half\n')).toEqual([]);
});

it('skips a byte order mark and an id that contains a null', () => {
  expect(whole('\u{FEFF}data: a\nid: 1\0\n\n')).toEqual([{ id: undefined, data: 'a' }]);
});
