// The parts of the SDK that are fetched when they are needed, loaded before any test begins: fake timers do not wait for
// files.
import '../conference/follow-quality.ts';
import '../conference/follow-speakers.ts';
import '../conference/open-session.ts';
import '../devices/permission-errors.ts';
import '../media/open-publication.ts';
import '../viewing/viewing-room.ts';
