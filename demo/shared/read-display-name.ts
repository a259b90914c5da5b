/** The name that the user typed into the lobby's form. */
export function readDisplayName(form: HTMLFormElement): string {
  const name = new FormData(form).get('name');
  return (typeof name === 'string' && name.trim()) || 'Guest';
}
