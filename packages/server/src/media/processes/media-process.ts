// The program of one media process: the embedded router, reached by messages from the server that started it.
import { createEmbeddedRouter } from '../embedded-media-router.ts';
import { MediaError } from '../media-router.ts';
import type { MediaRouter } from '../media-router.ts';
import type { Failure, FromProcess, Order, Question, ToProcess } from './messages.ts';

let router: MediaRouter | undefined;

function tell(message: FromProcess): void {
  // The server can be gone already; then `disconnect` follows.
  if (process.connected) process.send?.(message, undefined, {}, () => {});
}

// Signals of a terminal or a service manager go to the whole group. The server decides when its calls end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => {
  void end();
});
process.on('message', (message: ToProcess) => {
  if (message.kind === 'start') start(message);
  else if (router && message.kind === 'order') obey(router, message.order);
  else if (router && message.kind === 'question') void answer(router, message);
});

function start({ options }: Extract<ToProcess, { kind: 'start' }>): void {
  router = createEmbeddedRouter({
    ...options,
    log: (level, message, fields) => tell({ kind: 'log', level, message, fields: readable(fields) }),
  });
  router.onPeerLost((lost) => tell({ kind: 'lost', lost }));
  router.onLayersChanged((changed) => tell({ kind: 'layers', changed }));
  tell({ kind: 'ready' });
}

function obey(to: MediaRouter, order: Order): void {
  try {
    switch (order[0]) {
      case 'addPublishCandidates':
        return to.addPublishCandidates(order[1], order[2]);
      case 'unpublish':
        return to.unpublish(order[1]);
      case 'setVideoBitrate':
        return to.setVideoBitrate(order[1], order[2]);
      case 'addViewCandidates':
        return to.addViewCandidates(order[1], order[2], order[3]);
      case 'setViewedVideo':
        return to.setViewedVideo(order[1], order[2], order[3]);
      case 'stopView':
        return to.stopView(order[1], order[2]);
    }
  } catch (error) {
    // The stream or view ended while the order was on its way; the server hears of that by itself.
    const fields = { order: order[0], reason: failureOf(error).message };
    tell({ kind: 'log', level: 'debug', message: 'An order came too late', fields });
  }
}

async function answer(from: MediaRouter, question: Question): Promise<void> {
  const { id } = question;
  try {
    tell({ kind: 'answer', id, answer: await ask(from, question) });
  } catch (error) {
    tell({ kind: 'failure', id, failure: failureOf(error) });
  }
}

function ask(from: MediaRouter, asked: Question): ReturnType<MediaRouter['publish' | 'facts']> {
  switch (asked.name) {
    case 'publish':
      return from.publish(asked.question);
    case 'view':
      return from.view(asked.question);
    case 'facts':
      return from.facts();
  }
}

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof MediaError ? { code: error.code, message } : { message };
}

/** Errors are nothing in JSON. */
function readable(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? value.stack : value]),
  );
}

async function end(): Promise<void> {
  await router?.close();
  // Nothing is left to do; a library thread that hangs is no reason to stay.
  process.exit(0);
}
