/** A part of a text: plain, or a link. */
export interface TextPart {
  readonly text: string;
  /** Where the link leads; undefined for plain text. */
  readonly href: string | undefined;
}

const address = /\bhttps?:\/\/[^\s<>"“”„«»]+/gi;
const opposites: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/**
 * Splits a text at its web addresses. Only addresses with http or https become links, and none with a user name, which fakes
 * another host: `https://bank.example@evil.example`.
 */
export function linksIn(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  const add = (to: number, href: string | undefined): void => {
    if (to > end) parts.push({ text: text.slice(end, to), href });
    end = to;
  };
  for (const { 0: found, index } of text.matchAll(address)) {
    const link = withoutPunctuation(found);
    const href = hrefOf(link);
    if (href === undefined) continue;
    add(index, undefined);
    add(index + link.length, href);
  }
  add(text.length, undefined);
  return parts;
}

/** Drops what ends a sentence or a bracket around the address. */
function withoutPunctuation(link: string): string {
  const last = link.at(-1) ?? '';
  const opening = opposites[last];
  const isUnbalanced = opening !== undefined && link.split(last).length > link.split(opening).length;
  return isUnbalanced || /[.,:;!?'’…·。、，！？]/.test(last) ? withoutPunctuation(link.slice(0, -1)) : link;
}

function hrefOf(link: string): string | undefined {
  if (!URL.canParse(link)) return undefined;
  const { href, username, password } = new URL(link);
  return username === '' && password === '' ? href : undefined;
}
