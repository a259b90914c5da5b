import { RefusalError, type RefusalCode } from '../refusal.ts';

/** The code of the refusal that `act` throws; `accepted` if it throws none. Rethrows any other error. */
export function refusalOf(act: () => unknown): RefusalCode | 'accepted' {
  try {
    act();
  } catch (error) {
    if (error instanceof RefusalError) return error.code;
    throw error;
  }
  return 'accepted';
}
