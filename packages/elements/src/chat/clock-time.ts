const formats = new Map<string, Intl.DateTimeFormat>();

/** A time of day such as `14:05`, as people write it in this language; empty for one that cannot be read. */
export function clockTime(isoTime: string, language: string): string {
  const time = Date.parse(isoTime);
  return Number.isNaN(time) ? '' : formatOf(language).format(time);
}

function formatOf(language: string): Intl.DateTimeFormat {
  const known = formats.get(language);
  if (known) return known;
  const options = { hour: 'numeric', minute: '2-digit' } as const;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat(language, options);
  } catch {
    // The page names a language that no browser knows, such as `en_US`.
    format = new Intl.DateTimeFormat(undefined, options);
  }
  formats.set(language, format);
  return format;
}
