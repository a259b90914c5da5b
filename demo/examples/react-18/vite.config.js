import react from '@vitejs/plugin-react';

const backend = process.env.BACKEND ?? 'http://localhost:8000';

export default {
  plugins: [react()],
  server: { proxy: { '/ticket': backend } },
};
