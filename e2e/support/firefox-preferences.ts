/** The tone of Firefox's fake microphone. */
export const fakeMicrophoneHz = 880;

/**
 * Autoplay, no permission prompts, a fake camera and microphone, and ICE over loopback. Ten frames per second are enough to detect
 * moving video, and leave the cores to the pages.
 */
export const firefoxPreferences = {
  'media.navigator.streams.fake': true,
  'media.navigator.video.default_fps': 10,
  'media.navigator.audio.fake_frequency': fakeMicrophoneHz,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.loopback': true,
};
