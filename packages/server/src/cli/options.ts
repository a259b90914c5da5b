/** An option of the command line that sets a variable. */
interface SettingOption {
  readonly variable: string;
  /** What stands for the value in the help. */
  readonly value: string;
  readonly help: string;
}

/** The options for settings that one changes while trying things; all others are variables alone. */
export const settingOptions: Readonly<Record<string, SettingOption>> = {
  port: {
    variable: 'PARLEY_PORT',
    value: 'number',
    help: 'port of the API (default 8787; 0 for a free one)',
  },
  host: {
    variable: 'PARLEY_HOST',
    value: 'address',
    help: 'address to listen on (default 127.0.0.1: this machine only)',
  },
  'udp-port': {
    variable: 'PARLEY_UDP_PORT',
    value: 'number',
    help: 'one UDP port for all media (default: one per peer)',
  },
  'announced-address': {
    variable: 'PARLEY_ANNOUNCED_ADDRESS',
    value: 'ip',
    help: 'public address for media, behind a 1:1 NAT',
  },
  'data-dir': {
    variable: 'PARLEY_DATA_DIR',
    value: 'folder',
    help: 'survive restarts (default: keep everything in memory)',
  },
  'recording-dir': {
    variable: 'PARLEY_RECORDING_DIR',
    value: 'folder',
    help: 'record calls into this folder (default: no recording)',
  },
  'log-level': {
    variable: 'PARLEY_LOG_LEVEL',
    value: 'level',
    help: 'silent, error, warn (default), info or debug',
  },
};
