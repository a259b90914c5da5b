export {
  createFakeConference,
  type FakeConference,
  type FakeConferenceOptions,
} from './room/create-fake-conference.ts';
export { FakeRoom, type FakeInvitation, type FakeRoomOptions } from './room/fake-room.ts';
export type { FakeParticipant, FakePerson, FakeSources } from './room/fake-participant.ts';
export type { FakeGuest } from './room/fake-guest.ts';
export type { DeviceTrouble, FakeDeviceKind, FakeMediaDevices } from './browser/fake-media-devices.ts';
export type {
  DeviceFault,
  Fault,
  FaultDuration,
  FaultPlan,
  FeedCut,
  FeedStall,
  HttpFault,
  LastingFault,
  NetworkFault,
  PeerFault,
  TimedFault,
} from './faults/fault-plan.ts';
export { readFaultPlan } from './faults/read-fault-plan.ts';
export { FaultPlanError } from './faults/fault-plan-error.ts';
export { PageFaults, type PageFaultsOptions, type PeerChange } from './page/page-faults.ts';
export type { FaultRun, FaultRunOptions, FaultStep } from './faults/run-fault-plan.ts';
