/** The SDK's own texts are for developers. These are for people in a call; what is not here keeps the SDK's text. */
const messages = {
  ERR_CONNECTION: 'The server cannot be reached. Check your network connection, then try again.',
  ERR_TIMEOUT: 'The server does not answer. Check your network connection, then try again.',
  ERR_DEVICE_DENIED:
    'The browser may not use your camera or microphone. Allow it in the address bar, then press its button below.',
  ERR_DEVICE_NOT_FOUND:
    'No camera or microphone was found. Plug one in and press its button below, or stay without.',
  ERR_DEVICE_IN_USE:
    'Your camera or microphone is busy. Close the program that uses it, then press its button below.',
  ERR_INSECURE_ORIGIN:
    'Browsers give the camera and microphone to safe pages only. Open this page over https or on localhost.',
  ERR_UNSUPPORTED_BROWSER: 'This browser cannot make calls. Update it, or open this page in another one.',
  ERR_SCREEN_SHARE_CANCELLED: 'Nothing is shared. Press the button again to choose a screen or a window.',
  ERR_MEDIA_CONNECTION:
    'Sound and picture do not get through. Check your network, then leave and join again.',
};

/** What to show of something that failed. */
export function messageOf({ code, message }) {
  return messages[code] ?? message;
}
