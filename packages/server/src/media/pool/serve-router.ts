import { MediaError, type MediaLog, type MediaRouter, type PeerFacts } from '../media-router.ts';
import type { Command, Failure, FromRouter, RelayRequest, Request, Requests, ToRouter } from './messages.ts';

/** What {@link serveRouter} needs. */
export interface ServedRouter {
  readonly router: MediaRouter;
  /** The statistics of those streams that the other one uses. */
  readonly facts: () => Promise<readonly PeerFacts[]>;
  readonly send: (message: FromRouter) => void;
  readonly log: MediaLog;
  /** Makes the router take a stream from another; resolves when it can be viewed. */
  readonly relay: (request: RelayRequest) => Promise<void>;
}

/** Lets another use a router by messages: returns what takes them. */
export function serveRouter(served: ServedRouter): (message: ToRouter) => void {
  return (message) => {
    if (message.kind === 'command') execute(served, message.command);
    else void respond(served, message);
  };
}

function execute({ router, send, log }: ServedRouter, command: Command): void {
  try {
    switch (command[0]) {
      case 'addPublishCandidates':
        return router.addPublishCandidates(command[1], command[2]);
      case 'unpublish':
        return router.unpublish(command[1]);
      case 'setVideoBitrate':
        return router.setVideoBitrate(command[1], command[2]);
      case 'setMuted':
        return router.setMuted(command[1], command[2]);
      case 'addViewCandidates':
        return router.addViewCandidates(command[1], command[2], command[3]);
      case 'setViewedVideo':
        return router.setViewedVideo(command[1], command[2], command[3]);
      case 'stopView':
        return router.stopView(command[1], command[2]);
      case 'record':
        return router.record(command[1]);
      case 'stopRecording':
        return router.stopRecording(command[1]);
    }
  } catch (error) {
    // The stream or view ended while the command was on its way; the caller learns that from other messages.
    log('debug', 'A command came too late', { command: command[0], reason: failureOf(error).message });
    if (command[0] !== 'record') return;
    send({ kind: 'recorded', report: { recorderId: command[1].recorderId, files: [], isEnded: true } });
  }
}

async function respond(served: ServedRouter, request: Request): Promise<void> {
  const { id } = request;
  try {
    served.send({ kind: 'response', id, response: await perform(served, request) });
  } catch (error) {
    served.send({ kind: 'failure', id, failure: failureOf(error) });
  }
}

async function perform(
  { router, relay, facts }: ServedRouter,
  request: Request,
): Promise<Requests[keyof Requests]['response']> {
  switch (request.name) {
    case 'publish':
      return router.publish(request.payload);
    case 'view':
      return router.view(request.payload);
    case 'relay':
      await relay(request.payload);
      return null;
    case 'facts':
      return facts();
  }
}

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof MediaError ? { code: error.code, message } : { message };
}
