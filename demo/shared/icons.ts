/** Line drawings on a field of 24 by 24. A switch gets a line through it while it is off. */
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
  link: {
    isSwitch: false,
    path: 'M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7L12 17.7',
  },
  leave: {
    isSwitch: false,
    path: 'M3.5 14.5c0-2.5 3.8-5 8.5-5s8.5 2.5 8.5 5c0 1.2-.6 1.7-1.6 1.5l-2.7-.6c-.8-.2-1.2-.6-1.2-1.4v-1.6c-2-.6-4-.6-6 0V14c0 .8-.4 1.2-1.2 1.4l-2.7.6c-1 .2-1.6-.3-1.6-1.5z',
  },
} as const;

export type IconName = keyof typeof icons;
