import vue from '@vitejs/plugin-vue';

const backend = process.env.BACKEND ?? 'http://localhost:8000';

export default {
  plugins: [vue()],
  server: { proxy: { '/ticket': backend } },
};
