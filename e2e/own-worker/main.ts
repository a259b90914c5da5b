// The worker of an app whose policy forbids workers created from text, as docs/encryption.md shows it.
import { serveMediaEncryption } from '@parley-rtc/sdk/encryption';

serveMediaEncryption();
