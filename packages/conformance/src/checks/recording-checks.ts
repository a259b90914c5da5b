import type { Recording, StartRecordingResult } from '@parley-rtc/contract';
import { platform, type Rule } from '../rules/rule.ts';
import { SkipError } from '../rules/skip.ts';
import { group, type Check } from '../stage/check.ts';
import { expectEqual, expectStatus, expectThat } from '../stage/expect.ts';
import { guestOf } from '../stage/guest-of.ts';
import type { Room, Stage } from '../stage/stage.ts';

/** A rule of the extension, which openapi.yaml marks with x-parley. */
const extension = (text: string): Rule => platform(`startRecording, an extension marked x-parley: ${text}`);

/** Recordings on the server. */
export const recordingChecks: readonly Check[] = group(
  'recording',
  (
    [
      {
        id: 'announce',
        sentence:
          'A recording is announced by a RECORDER entry while it runs, and complete once it is stopped.',
        rule: extension('while it runs, the metadata key `RECORDER/server/<recordingId>` informs everyone'),
        run: async (stage) => {
          const room = await stage.room();
          const { recordingId } = await start(stage, room);
          const key = `RECORDER/server/${recordingId}`;
          const during = await stage.read(room.conferenceId);
          expectEqual('RECORDER entry', during.metadata?.[key]?.value, '{"on":true}');
          await stage.caller.need('stopRecording', { body: room.about });
          const after = await stage.read(room.conferenceId);
          expectEqual('RECORDER entry after the stop', after.metadata?.[key], undefined);
          const recording = await stage.caller.need<Recording>('getRecording', { params: { recordingId } });
          expectEqual('state', recording.state, 'complete');
          expectEqual('reason of the end', recording.endReason, 'stopped');
          await stage.caller.need('deleteRecording', { params: { recordingId } });
          expectStatus(await stage.caller.call('getRecording', { params: { recordingId } }), 404);
          const file = { params: { recordingId, name: '1-audio-1.webm' } };
          expectStatus(await stage.caller.call('getRecordingFile', file), 404);
        },
      },
      {
        id: 'once',
        sentence: 'A second start returns the running recording.',
        rule: extension('if a recording is running, it is the result'),
        run: async (stage) => {
          const room = await stage.room();
          const first = await start(stage, room);
          expectEqual('result of the second start', await start(stage, room), first);
          await stage.caller.need('stopRecording', { body: room.about });
          const id = room.conferenceId;
          const listed = await stage.caller.need<readonly Recording[]>('getRecordings', { params: { id } });
          expectEqual(
            'recordings of the conference',
            listed.map(({ recordingId }) => recordingId),
            [first.recordingId],
          );
        },
      },
      {
        id: 'own-key',
        sentence: 'Nobody but the server writes the entry that says whether it records.',
        rule: extension('the entry says truly whether a recording runs'),
        run: async (stage) => {
          const room = await stage.room();
          const { recordingId } = await start(stage, room);
          const body = { ...room.about, key: `RECORDER/server/${recordingId}`, operation: 'REMOVE' };
          expectStatus(await stage.caller.call('updateMetadata', { body }), 403);
          await stage.caller.need('stopRecording', { body: room.about });
        },
      },
      {
        id: 'not-recording',
        sentence: 'Stopping what does not run gives 404 not_recording.',
        rule: extension('404 if none is running'),
        run: async (stage) => {
          const room = await stage.room();
          const answer = await stage.caller.call('stopRecording', { body: room.about });
          expectStatus(answer, 404);
          const { error } = answer.body as { readonly error?: string };
          expectEqual('error', error, 'not_recording');
        },
      },
      {
        id: 'permission',
        sentence: 'A guest without the permission `record` can neither record nor read recordings: 403.',
        rule: extension('needs the permission `record`'),
        needs: ['tickets', 'user endpoints'],
        run: async (stage) => {
          const room = await stage.room();
          const { recordingId } = await start(stage, room);
          const guest = await guestOf(stage, room.conferenceId);
          const { about } = await stage.enter(room.conferenceId, guest);
          for (const operation of ['startRecording', 'stopRecording']) {
            expectStatus(await guest.call(operation, { body: about }), 403);
          }
          expectStatus(await guest.call('getRecording', { params: { recordingId } }), 403);
          expectStatus(await guest.call('deleteRecording', { params: { recordingId } }), 403);
          await stage.caller.need('stopRecording', { body: room.about });
        },
      },
    ] satisfies readonly Check[]
  ).map((check: Check) => ({ ...check, needs: ['recording', ...(check.needs ?? [])] })),
);

/** Skips the check on a server whose operator has not set a folder for recordings. */
async function start({ caller }: Stage, { about }: Room): Promise<StartRecordingResult> {
  const answer = await caller.call('startRecording', { body: about });
  const { error } = (answer.body ?? {}) as { readonly error?: string };
  if (error === 'recording_unavailable') throw new SkipError('the server is not configured to record');
  expectStatus(answer, 200);
  const result = answer.body as StartRecordingResult;
  expectThat('recordingId', result.recordingId !== '', 'a text that is not empty', result.recordingId);
  return result;
}
