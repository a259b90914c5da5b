import { describeEventLog } from '../testing/event-log-behaviour.ts';
import { MemoryEventLog } from './memory-event-log.ts';

describeEventLog('MemoryEventLog', () => new MemoryEventLog());
