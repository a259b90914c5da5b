/** A path of the document as Fastify writes it: `{id}` becomes `:id`. */
export function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
