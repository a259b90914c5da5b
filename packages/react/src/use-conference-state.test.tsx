import { selectRemoteParticipants, type Conference } from '@parley-rtc/sdk';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import { Profiler } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { joinAs } from '../../sdk/src/testing/join-as.ts';
import { FakeServer } from '../../testing/src/server/fake-server.ts';
import { useConferenceState } from './index.ts';

let server: FakeServer;
let me: Conference;

beforeEach(async () => {
  server = new FakeServer();
  me = await joinAs(server, 'me');
});
afterEach(async () => {
  cleanup();
  await me.leave();
});

function Names(): React.ReactNode {
  const others = useConferenceState(me, selectRemoteParticipants);
  return <p role="status">{others.map(({ userId }) => userId).join()}</p>;
}

function Count(): React.ReactNode {
  const { count } = useConferenceState(me, ({ conference }) => ({ count: conference.participants.length }));
  return <p role="status">{count}</p>;
}

function Connection({ conference }: { readonly conference: Conference | undefined }): React.ReactNode {
  return <p role="status">{useConferenceState(conference, ({ connection }) => connection) ?? 'none'}</p>;
}

it('re-renders only when the selected slice changes', async () => {
  const onRender = vi.fn<() => void>();
  render(
    <Profiler id="names" onRender={onRender}>
      <Names />
    </Profiler>,
  );
  expect(onRender).toHaveBeenCalledTimes(1);

  await act(async () => {
    await me.setMetadata('topic', 'birds');
    await expect.poll(() => me.state.getSnapshot().conference.metadata['topic']?.value).toBe('birds');
  });
  expect(onRender).toHaveBeenCalledTimes(1);

  await act(async () => {
    await joinAs(server, 'bob');
  });
  await waitFor(() => expect(screen.getByRole('status').textContent).toBe('bob'));
  expect(onRender).toHaveBeenCalledTimes(2);
});

it('accepts an inline selector that returns a new object each time', async () => {
  render(<Count />);
  expect(screen.getByRole('status').textContent).toBe('1');
  await act(async () => {
    await joinAs(server, 'bob');
  });
  await waitFor(() => expect(screen.getByRole('status').textContent).toBe('2'));
});

it('is undefined without a conference, and stops listening to a conference that was removed', async () => {
  const { rerender } = render(<Connection conference={undefined} />);
  expect(screen.getByRole('status').textContent).toBe('none');
  rerender(<Connection conference={me} />);
  expect(screen.getByRole('status').textContent).toBe('connected');
  rerender(<Connection conference={undefined} />);
  await act(() => me.leave());
  expect(screen.getByRole('status').textContent).toBe('none');
});
