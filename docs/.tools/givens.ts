// What samples may assume: `// Given: conference, video`. Each stands for something that the reader already has.
import type { createRtcApi } from '@parley-rtc/client';
import type { ParleyCall } from '@parley-rtc/elements';
import type { Conference, Participant, PublishedStream, ViewedStream, WaitingGuest } from '@parley-rtc/sdk';

export declare const server: string;
export declare const conferenceId: string;
export declare const ticket: string;
export declare const clientId: string;
export declare const clientSecret: string;
export declare const signal: AbortSignal;
/** Gets a token from the app's own back end. */
export declare function fetchToken(): Promise<string>;
export declare const token: () => Promise<string>;
export declare const api: ReturnType<typeof createRtcApi>;
export declare const conference: Conference;
export declare const call: ParleyCall;
export declare const participant: Participant;
export declare const guest: WaitingGuest;
export declare const stream: PublishedStream;
export declare const view: ViewedStream;
export declare const video: HTMLVideoElement;
export declare const button: HTMLButtonElement;
export declare const passphrase: string;
export declare const nextPassphrase: string;
/** What the app does with something: shows it, keeps it. */
export declare function show(...values: unknown[]): void;
/** Renders the app under test. */
export declare function renderYourApp(conference: Conference): void;
