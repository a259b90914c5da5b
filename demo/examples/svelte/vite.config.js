import { svelte } from '@sveltejs/vite-plugin-svelte';

const backend = process.env.BACKEND ?? 'http://localhost:8000';

export default {
  plugins: [svelte()],
  server: { proxy: { '/ticket': backend } },
};
