// @vitest-environment jsdom
import { useConferenceState, useMessages, useStreamView } from '@parley-rtc/react';
import { displayNameOf, selectRemoteStreams, type Conference } from '@parley-rtc/sdk';
import { createFakeConference, type FakeConference } from '@parley-rtc/testing';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';

/** What we test: a part of your app. */
function Call({ conference }: { readonly conference: Conference }) {
  const streams = useConferenceState(conference, selectRemoteStreams) ?? [];
  const { messages } = useMessages(conference, 'chat');
  return (
    <>
      {streams.map(({ id, participant }) => (
        <Tile key={id} conference={conference} id={id} name={displayNameOf(participant).name ?? ''} />
      ))}
      {messages.map(({ key, payload }) => (
        <p key={key}>{JSON.stringify(payload)}</p>
      ))}
    </>
  );
}

function Tile(props: { readonly conference: Conference; readonly id: string; readonly name: string }) {
  const { ref } = useStreamView(props.conference, props.id);
  return <video ref={ref} aria-label={props.name} autoPlay />;
}

let fake: FakeConference;

beforeEach(async () => {
  fake = await createFakeConference();
});

afterEach(async () => {
  cleanup();
  await fake.close();
});

it('shows the video of whoever publishes', async () => {
  render(<Call conference={fake.conference} />);
  const ada = fake.join({ name: 'Ada' });
  ada.publish({ camera: true, microphone: true });

  const video = await screen.findByLabelText<HTMLVideoElement>('Ada');
  await waitFor(() => expect(video.srcObject).not.toBeNull());

  ada.leave();
  await waitFor(() => expect(screen.queryByLabelText('Ada')).toBeNull());
});

it('shows messages', async () => {
  render(<Call conference={fake.conference} />);
  fake.join({ name: 'Ada' }).send('chat', 'Hello!');
  expect(await screen.findByText('"Hello!"')).toBeDefined();
});
