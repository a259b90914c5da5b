// @vitest-environment jsdom
import '@parley-rtc/elements/call';
import { FakeRoom } from '@parley-rtc/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

let room: FakeRoom;

beforeEach(() => {
  room = new FakeRoom({ people: [{ name: 'Ada' }] });
});

afterEach(async () => {
  document.body.replaceChildren();
  await room.close();
});

it('joins with a ticket, as a page does', async () => {
  const call = document.createElement('parley-call');
  Object.assign(call, { server: room.server, ticket: room.ticket });
  document.body.append(call);

  await vi.waitFor(() => expect(call.shadowRoot?.textContent).toContain('Ada is here'));
  const lobby = () => call.shadowRoot?.querySelector('parley-lobby')?.shadowRoot;

  const name = lobby()?.querySelector('input');
  if (!name) throw new Error('The lobby asks for no name.');
  name.value = 'Bob';
  name.dispatchEvent(new Event('input', { bubbles: true }));
  lobby()?.querySelector<HTMLButtonElement>('button[type="submit"]')?.click();

  await vi.waitFor(() => {
    const names = room.state?.participants.map(({ metadata }) => metadata['name']);
    expect(names).toEqual(['Ada', 'Bob']);
  });
});
