// Every timing and limit of failure recovery, in one place so that they stay consistent.

// --- Backoff: pauses between two tries. ---

/** The longest pause after a first failure: short enough to go mostly unnoticed. */
export const firstBackoffMs = 300;

/** The longest pause after many failures: users are waiting for their call to return. */
export const longestBackoffMs = 5_000;

/** As `firstBackoffMs`, for view updates: a view that gets too much or too little video still works. */
export const firstViewUpdateBackoffMs = 1_000;

/** As `longestBackoffMs`, for view updates. */
export const longestViewUpdateBackoffMs = 10_000;

/** How long to send no view updates to a server that refuses them. */
export const refusedViewUpdateMs = 60_000;

/** The longest pause that the server can ask for with `Retry-After`. Its rates are per minute. */
export const longestAskedPauseMs = 60_000;

// --- Budgets: how long to retry. Time without a network, or asleep, does not count. ---

/** How much of a budget one request, negotiation or pause may spend. Few take longer, so the rest was sleep. */
export const longestStepMs = 15_000;

/** How long to rejoin, and to agree on new media paths, while the server does not answer: a restart takes less. */
export const rejoinBudgetMs = 120_000;

/** How long to renew media with a server that answers: a stream that takes longer will not recover. */
export const renewalBudgetMs = 30_000;

// --- Presence: staying in the conference, and coming back. ---

/** The silence that we ask the server to tolerate, as the official clients do. */
export const keepAliveSeconds = 15;

/** Leaves a third of the promised time for a slow request, as the official clients do. */
export const keepAliveIntervalMs = 10_000;

/** The pause after a failed keep-alive: short enough that one lost request does not break the promise. */
export const keepAliveRetryMs = 2_500;

/** An endpoint dropped sooner than this after rejoining is unwanted, or shares its id with another client. */
export const shortestStayMs = 10_000;

/** How many consecutive short stays to accept: a client that leaves with a shared id drops us once more as it goes. */
export const mostShortStays = 1;

/** How long to wait for another tab to release an endpoint id: a page that is being reloaded releases it sooner. */
export const endpointClaimTimeoutMs = 1_000;

/** How long a departure may take in total: waiting longer would delay the caller of `leave`. */
export const farewellTimeoutMs = 5_000;

/** How long a departure waits for the answer to `leave` before it also unregisters the endpoint. */
export const leaveHeadStartMs = 3_000;

// --- False reports of the browser. ---

/** How often to try while the browser says that it is offline. Some say so behind a VPN, with a working network. */
export const offlineTryMs = 10_000;

// --- Connections: ICE. ---

/** How long a new connection waits for the list of ICE servers. Without it, media tries direct paths. */
export const iceServersTimeoutMs = 3_000;

/**
 * Grace period for ICE to recover from `disconnected` unaided. Chromium reports that state only after seven seconds of
 * silence, and a server may close the connection after ten (ours does), so we cannot wait longer.
 */
export const iceGraceMs = 1_000;

/** How long a new path may take to connect before we try another. */
export const iceRestartTimeoutMs = 6_000;

/** How long a stream that has moved to another server is still sent to the former one: its viewers move after it. */
export const moveOverlapMs = 4_000;

/** How long a view that has moved waits for media before it ends the former connection. A muted stream sends none. */
export const moveMediaMs = 3_000;

/** How long a closing connection stays open for the server to answer that it has withdrawn the stream. */
export const withdrawalHeadStartMs = 1_000;

// --- Events: long poll and push. ---

/** A poll that returns nothing new sooner than this was not held by the server, so the next one waits. */
export const shortestHoldMs = 1_000;

/** The pause before a second look at a server that is behind our state: a replica that lags catches up within this time. */
export const secondLookMs = 1_000;

/** The pause before asking again who is waiting, after the server refused to say. */
export const refusedGuestsMs = 5_000;

/** After this long without news, the feed compares its version with the server's. */
export const pollSilenceMs = 30_000;

/** How long the feed tries to reach the server again, after an idle connection broke, before it announces the loss. */
export const suspicionMs = 1_500;

/** How long to poll before retrying a refused push. Doubles with each push that is silent. */
export const refusedPushMs = 60_000;

/** As `refusedPushMs`, for a server that says it has no push, and the longest such time. */
export const unsupportedPushMs = 600_000;

/** A push without a byte for this long is dead, or a proxy buffers it: the server sends something every 15 s. */
export const pushSilenceMs = 20_000;

/** How long to wait for the greeting. A server greets immediately; a proxy that buffers it would buffer events too. */
export const pushGreetingMs = 5_000;

// --- Capture: devices, processors and mute. ---

/** How long `mute` waits for the server before it rejects, and how long `unmute` tries. Muting itself is immediate. */
export const muteDeadlineMs = 10_000;

/** The pause before announcing a mute again that the server refused. */
export const refusedMuteMs = 30_000;

/** How long an element may take to move to another audio output. A Bluetooth device may answer late, or never. */
export const audioOutputTimeoutMs = 10_000;

/** How long `startPlayback` waits for elements that may play. One without media plays only with the first of it. */
export const playbackStartMs = 3_000;

/** How long a processor may take to return its track: it may load a model first. */
export const processorTimeoutMs = 30_000;

/** Grace period for the system to give a silenced device back, as it usually does after a phone call. */
export const interruptionGraceMs = 3_000;

/** How often the size of a sent video is read: no browser announces that a shared window was resized. */
export const frameSizeIntervalMs = 2_000;

/** How often a hook reads the state of a published stream's connection: an event for it would cost every call more code. */
export const connectionCheckMs = 1_000;
