export default defineNuxtConfig({
  compatibilityDate: '2026-01-01',
  telemetry: false,
  // NUXT_PARLEY_URL and so on set these. Only the server sees them.
  runtimeConfig: { parleyUrl: '', parleyClientId: '', parleyClientSecret: '' },
});
