import type { Check } from '../stage/check.ts';
import { answerChecks, eventSchemaChecks } from './answer-checks.ts';
import { conferenceChecks } from './conference-checks.ts';
import { conventionChecks } from './convention-checks.ts';
import { eventChecks } from './event-checks.ts';
import { extensionChecks } from './extension-checks.ts';
import { lobbyChecks } from './lobby-checks.ts';
import { mediaChecks } from './media-checks.ts';
import { messageChecks } from './message-checks.ts';
import { metadataChecks } from './metadata-checks.ts';
import { moderationChecks } from './moderation-checks.ts';
import { participantChecks } from './participant-checks.ts';
import { recordingChecks } from './recording-checks.ts';
import { refusalChecks } from './refusal-checks.ts';
import { streamChecks } from './stream-checks.ts';
import { tokenChecks } from './token-checks.ts';
import { viewChecks } from './view-checks.ts';

/** Checks that call the server. */
export const askingChecks: readonly Check[] = [
  ...tokenChecks,
  ...conferenceChecks,
  ...participantChecks,
  ...metadataChecks,
  ...conventionChecks,
  ...streamChecks,
  ...viewChecks,
  ...eventChecks,
  ...refusalChecks,
  ...mediaChecks,
  ...extensionChecks,
  ...messageChecks,
  ...moderationChecks,
  ...lobbyChecks,
  ...recordingChecks,
];

/** Checks of the responses that all other checks received. */
export const lookingBackChecks: readonly Check[] = [...answerChecks, ...eventSchemaChecks];

/** All checks, in the order of the report. */
export const allChecks: readonly Check[] = [...askingChecks, ...lookingBackChecks];
