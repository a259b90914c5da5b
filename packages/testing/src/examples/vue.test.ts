// @vitest-environment jsdom
import { displayNameOf, type Conference } from '@parley-rtc/sdk';
import { createFakeConference, type FakeConference } from '@parley-rtc/testing';
import { useActiveSpeakers, useConferenceState } from '@parley-rtc/vue';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createApp, defineComponent, h, shallowRef, type App } from 'vue';

/** What we test: a component of your app. */
const People = defineComponent({
  props: { conference: { type: Object as () => Conference, required: true } },
  setup(props) {
    const conference = shallowRef<Conference | undefined>(props.conference);
    const people = useConferenceState(conference, (snapshot) => snapshot.conference.participants);
    const speakers = useActiveSpeakers(conference);
    const isSpeaking = (id: string) => speakers.value.some(({ participant }) => participant.id === id);
    return () =>
      people.value?.map((participant) =>
        h(
          'li',
          { key: participant.id },
          `${displayNameOf(participant).name}${isSpeaking(participant.id) ? ' speaks' : ''}`,
        ),
      );
  },
});

let fake: FakeConference;
let app: App;
let page: HTMLElement;

beforeEach(async () => {
  fake = await createFakeConference();
  page = document.createElement('ul');
  app = createApp(People, { conference: fake.conference });
  app.mount(page);
});

afterEach(async () => {
  app.unmount();
  await fake.close();
});

it('shows who is there and who is speaking', async () => {
  const ada = fake.join({ name: 'Ada' });
  const [streamId = ''] = ada.publish({ microphone: true });
  await vi.waitFor(() => expect(page.textContent).toBe('MeAda'));

  // Speakers are measured in what we receive.
  await fake.conference.viewStream(streamId);
  ada.speak();
  await vi.waitFor(() => expect(page.textContent).toBe('MeAda speaks'), { timeout: 5_000 });

  ada.speak(false);
  await vi.waitFor(() => expect(page.textContent).toBe('MeAda'), { timeout: 5_000 });
});
