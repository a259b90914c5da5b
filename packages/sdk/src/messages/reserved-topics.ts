/** Topics that apps cannot use. */
const reserved = 'parley.';
const requestPrefix = `${reserved}request.`;

/** The topic of all answers. */
export const replyTopic: string = `${reserved}reply`;

export function isReserved(topic: string): boolean {
  return topic.startsWith(reserved);
}

/** The topic on which a request about `topic` travels. */
export function requestTopic(topic: string): string {
  return `${requestPrefix}${topic}`;
}

/** The app's topic of a request; undefined for an answer. */
export function requestedTopic(topic: string): string | undefined {
  return topic.startsWith(requestPrefix) ? topic.slice(requestPrefix.length) : undefined;
}
