// The app of `packed.e2e.ts`, written as a user of the npm packages writes one. It runs outside of this workspace.
import { backgroundBlur } from '@parley-rtc/processors/background-blur';
import { Conference, redeemTicket } from '@parley-rtc/sdk';

const parameters = new URLSearchParams(location.search);
const server = parameters.get('server') ?? '';
const ticket = parameters.get('ticket') ?? '';
const conferenceId = parameters.get('conferenceId') ?? '';

const joinButton = document.querySelector<HTMLButtonElement>('#join');
const publishButton = document.querySelector<HTMLButtonElement>('#publish');
const blurButton = document.querySelector<HTMLButtonElement>('#blur');

joinButton?.addEventListener('click', async () => {
  const { token } = await redeemTicket({ server, ticket });
  const conference = await Conference.join({ server, conferenceId, token });
  conference.on('stream-published', async ({ stream }) => {
    const view = await conference.viewStream(stream.id);
    const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
    document.body.append(video);
    view.attach(video);
  });
  publishButton?.addEventListener('click', async () => {
    const published = await conference.publishStream({ camera: true, microphone: true });
    document.title = 'Published';
    blurButton?.addEventListener('click', async () => {
      await published.setProcessor('video', backgroundBlur({ assets: 'processors' }));
      document.title = 'Blurred';
    });
    if (blurButton) blurButton.disabled = false;
  });
  if (publishButton) publishButton.disabled = false;
});
