import { serveMediaEncryption } from './serve-media-encryption.ts';

serveMediaEncryption();
