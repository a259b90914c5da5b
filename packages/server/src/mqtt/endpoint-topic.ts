/** The topic of an endpoint's events, as the platform names it. */
export function topicOf(userId: string, endpointId: string): string {
  return `user/${userId}/${endpointId}`;
}

/** The endpoint whose events a topic carries; undefined for a topic of another user, with wildcards, or of any other form. */
export function endpointOfTopic(topic: string, userId: string): string | undefined {
  const prefix = topicOf(userId, '');
  if (!topic.startsWith(prefix) || topic === prefix || /[+#\0]/.test(topic)) return undefined;
  return topic.slice(prefix.length);
}
