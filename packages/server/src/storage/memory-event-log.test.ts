import { describeEventLog } from '../testing/event-log-behaviour.ts';
import { MemoryEventLog } from './memory-event-log.ts';

describeEventLog((historyBytes) => new MemoryEventLog(historyBytes));
