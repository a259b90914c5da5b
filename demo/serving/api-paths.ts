/** Paths that the Parley server answers, on the same origin as the pages. */
export const apiPaths = ['/rtc-api', '/security', '/openapi.yaml', '/healthz'] as const;
