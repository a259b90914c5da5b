import { expect, it, vi } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { joinAs } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import type * as outboxModule from './outbox.ts';

const outboxes = vi.hoisted(() => ({ count: 0 }));

vi.mock('./outbox.ts', async (original) => {
  const { Outbox } = await original<typeof outboxModule>();
  return {
    Outbox: class extends Outbox {
      constructor(options: outboxModule.OutboxOptions) {
        super(options);
        outboxes.count += 1;
      }
    },
  };
});

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

it('the code for sending is loaded when the app first listens, so that a lost network does not prevent it later', async () => {
  const ada = await joinAs(server, 'ada');
  await settle();
  expect(outboxes.count).toBe(0);
  ada.on('message', () => {});
  await vi.waitFor(() => expect(outboxes.count).toBe(1));
});
