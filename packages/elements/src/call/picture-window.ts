import type { Conference } from '@parley-rtc/sdk';
import type { Texts } from '../texts/en.ts';

/** The part of Document Picture-in-Picture that we use; TypeScript does not know it yet. */
interface DocumentPictureInPicture {
  readonly requestWindow: (size: { readonly width: number; readonly height: number }) => Promise<Window>;
}

export interface PictureWindowOptions {
  readonly conference: Conference;
  readonly texts: Partial<Texts> | undefined;
  readonly lang: string;
  readonly isRightToLeft: boolean;
  /** Adds listeners for what the small window has no room for. */
  readonly onCreated: (content: HTMLElement) => void;
  readonly onClosed: () => void;
}

const sizePx = { width: 480, height: 360 };

/**
 * Shows the stage and the controls of a call in a small window that stays on top. Call it from a click. Returns what closes it.
 * Rejects if the browser refuses.
 */
export async function openPictureWindow(options: PictureWindowOptions): Promise<() => void> {
  const { documentPictureInPicture } = globalThis as unknown as {
    readonly documentPictureInPicture: DocumentPictureInPicture;
  };
  const { conference, texts, lang, isRightToLeft, onCreated, onClosed } = options;
  const small = await documentPictureInPicture.requestWindow(sizePx);
  const { document: page } = small;
  page.title = document.title;
  page.documentElement.lang = lang;
  page.documentElement.dir = isRightToLeft ? 'rtl' : 'ltr';
  page.body.style.cssText = 'margin: 0; background: #0f1115; overflow: hidden';
  // Created in the page, whose registry knows the elements, and then moved.
  const content = document.createElement('div');
  content.style.cssText = 'display: flex; flex-direction: column; block-size: 100dvh';
  const stage = Object.assign(document.createElement('parley-stage'), { conference, texts });
  stage.style.cssText = 'flex: 1; min-block-size: 0; margin: 4px 4px 0';
  const controls = Object.assign(document.createElement('parley-controls'), { conference, texts });
  content.append(stage, controls);
  onCreated(content);
  page.body.append(content);
  small.addEventListener('pagehide', () => {
    content.remove();
    onClosed();
  });
  return () => small.close();
}
