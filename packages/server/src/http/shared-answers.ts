const texts = new WeakMap<object, string>();

/** The answer as JSON. Serialized once for each object, because large ones take long. */
export function jsonOf(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return JSON.stringify(answer);
  const text = texts.get(answer) ?? JSON.stringify(answer);
  texts.set(answer, text);
  return text;
}

/**
 * Returns the same answer for the same state as long as that is in use. A snapshot has up to 4 MiB, and a hundred people
 * read it at once when a conference begins, or one of them as often as the rate allows.
 */
export function oncePerState<State extends object, Answer>(
  answerTo: (state: State) => Answer,
): (state: State) => Answer {
  const answers = new WeakMap<State, Answer>();
  return (state) => {
    const answer = answers.get(state) ?? answerTo(state);
    answers.set(state, answer);
    return answer;
  };
}
