const localHost = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Whether a link leads to the device itself, so that nobody else can open it. */
export function isLocalLink(link: string): boolean {
  return URL.canParse(link) && localHost.test(new URL(link).hostname);
}
