import type { Page } from '@playwright/test';

interface WatchedView {
  readonly command: object;
  readonly authorization: string;
}

declare global {
  interface Window {
    /** The page's newest viewStream command. */
    watchedView?: WatchedView;
  }
}

/** Runs in the page, before it views anything. */
export function watchViews(): void {
  const fetch = window.fetch.bind(window);
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (request.url.endsWith('/conferences/viewStream')) {
      const { conferenceId, userEndpointId, streamId, viewerId } = (await request.clone().json()) as {
        readonly [field: string]: unknown;
      };
      window.watchedView = {
        command: { conferenceId, userEndpointId, streamId, viewerId },
        authorization: request.headers.get('authorization') ?? '',
      };
    }
    return await fetch(request);
  };
}

/** Changes what the page's newest view wants of its video, as `updateViewStream` does. */
export async function askForVideo(
  page: Page,
  video: { readonly maxHeightPx?: number; readonly isPaused?: boolean },
): Promise<void> {
  const refusal = await page.evaluate(async (video) => {
    const { command, authorization = '' } = window.watchedView ?? {};
    const answer = await fetch('/rtc-api/conferences/updateViewStream', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ ...command, video }),
    });
    return answer.status === 204 ? undefined : `${answer.status} ${await answer.text()}`;
  }, video);
  if (refusal !== undefined) throw new Error(`updateViewStream answered ${refusal}`);
}
