/** Icon paths on a grid of 24 by 24. A switch is crossed out while it is off. */
export const icons = {
  microphone: {
    isSwitch: true,
    path: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3',
  },
  camera: {
    isSwitch: true,
    path: 'M5.5 6H13a2.5 2.5 0 0 1 2.5 2.5v7A2.5 2.5 0 0 1 13 18H5.5A2.5 2.5 0 0 1 3 15.5v-7A2.5 2.5 0 0 1 5.5 6zM15.5 10.5L21 7.5v9l-5.5-3',
  },
  screen: {
    isSwitch: false,
    path: 'M5.5 4h13A2.5 2.5 0 0 1 21 6.5v8a2.5 2.5 0 0 1-2.5 2.5h-13A2.5 2.5 0 0 1 3 14.5v-8A2.5 2.5 0 0 1 5.5 4zM8.5 21h7M12 13.5v-6M9.5 10L12 7.5l2.5 2.5',
  },
  hand: {
    isSwitch: false,
    path: 'M7 13V6.5a1.5 1.5 0 0 1 3 0V11M10 11V4.5a1.5 1.5 0 0 1 3 0V11M13 11V5.5a1.5 1.5 0 0 1 3 0V12M16 12V8.5a1.5 1.5 0 0 1 3 0V15a6 6 0 0 1-6 6h-1.5c-2.2 0-3.6-.9-4.8-2.6l-2.8-3.9a1.55 1.55 0 0 1 2.5-1.9L7 13.5',
  },
  chat: {
    isSwitch: false,
    path: 'M6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5v-7A2.5 2.5 0 0 1 6.5 4zM8 8.5h8M8 11.5h5',
  },
  settings: {
    isSwitch: false,
    path: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 5a2 2 0 1 1 0 4a2 2 0 0 1 0-4zM9 15a2 2 0 1 1 0 4a2 2 0 0 1 0-4z',
  },
  link: {
    isSwitch: false,
    path: 'M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7L12 17.7',
  },
  leave: {
    isSwitch: false,
    path: 'M3.5 14.5c0-2.5 3.8-5 8.5-5s8.5 2.5 8.5 5c0 1.2-.6 1.7-1.6 1.5l-2.7-.6c-.8-.2-1.2-.6-1.2-1.4v-1.6c-2-.6-4-.6-6 0V14c0 .8-.4 1.2-1.2 1.4l-2.7.6c-1 .2-1.6-.3-1.6-1.5z',
  },
  close: { isSwitch: false, path: 'M6 6l12 12M18 6L6 18' },
  send: { isSwitch: false, path: 'M4 11.5L20 4l-6.5 16-3-6.5z' },
} as const;

export type IconName = keyof typeof icons;
